import { useMutation, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { preferencesQuery } from "@/api/preferences";
import { Problem } from "@/api/problem";
import type { ProductAdded, ProductFields } from "@/api/types";
import { Button } from "@/components/Button";
import { ButtonLink } from "@/components/ButtonLink";
import { FailureLine } from "@/components/Notice";
import { useFields } from "@/components/fields";
import { Page } from "@/components/Page";
import { Skeleton } from "@/components/Skeleton";

import styles from "./Add.module.css";
import { AddTabs } from "../shared/AddTabs";
import { Card } from "../shared/Card";
import { JobLine } from "../shared/JobLine";
import { filesTold, onceFor, type Once } from "../shared/once";
import { PhotoPicker } from "./PhotoPicker";
import { usePicked } from "./picked";
import { ProductForm } from "../shared/ProductForm";
import { productQuery, useRefresh } from "../shared/queries";
import { EMPTY, fieldsOf, type Draft } from "../shared/validate";
import { createProduct } from "./actions";

type Added = ProductAdded;

/** What the next product of the same delivery mostly says too. */
const SHARED = ["category", "gender", "brand", "currency"];

/** One product: its photos, then what it says of itself, then what was seen on the photos. */
export default function Add() {
  const { t } = useTranslation();
  const [added, setAdded] = useState<Added | null>(null);
  const [kept, setKept] = useState<Draft>(EMPTY);
  const chosen = useQuery(preferencesQuery);
  const currency = chosen.data?.currency ?? "";
  return (
    <Page title={t("app.add")} width="narrow">
      <AddTabs />
      {added ? (
        <Done added={added} onMore={() => setAdded(null)} />
      ) : chosen.isPending ? (
        <Skeleton height="600px" />
      ) : (
        <New
          start={{ ...kept, texts: { currency, ...kept.texts } }}
          onAdded={(answer, draft) => {
            const texts = Object.entries(draft.texts).filter(([name]) => SHARED.includes(name));
            setKept({ ...EMPTY, texts: Object.fromEntries(texts) });
            setAdded(answer);
          }}
        />
      )}
    </Page>
  );
}

function New({ start, onAdded }: { start: Draft; onAdded: (added: Added, draft: Draft) => void }) {
  const { t } = useTranslation();
  const declared = useFields();
  const [draft, setDraft] = useState(start);
  const { photos, setPhotos, add } = usePicked();
  const once = useRef<Once | null>(null);
  const refresh = useRefresh();
  const create = useMutation({
    mutationFn: (fields: ProductFields) => {
      const files = photos.map(({ file }) => file);
      once.current = onceFor(once.current, JSON.stringify(fields) + filesTold(files));
      return createProduct(fields, files, once.current.key);
    },
    onSuccess: async (answer) => {
      onAdded(answer, draft);
      await refresh();
    },
  });
  const told = create.error instanceof Problem ? create.error.fields : {};
  return (
    <>
      <ProductForm
        id="new-product"
        draft={draft}
        onChange={setDraft}
        onSubmit={() => create.mutate(fieldsOf(draft, declared))}
        error={create.error}
        sent={create.variables}
      >
        <PhotoPicker
          photos={photos}
          onChange={setPhotos}
          onAdd={add}
          errorOf={(place) => told[`images[${place}]`]}
        />
        {told.images !== undefined && <FailureLine error={create.error} />}
      </ProductForm>
      <div className={styles.end}>
        <Button
          type="submit"
          form="new-product"
          look="primary"
          icon={<Plus size={18} aria-hidden />}
          busy={create.isPending}
        >
          {create.isPending ? t("catalog.sending") : t("catalog.addOne")}
        </Button>
      </div>
    </>
  );
}

function Done({ added, onMore }: { added: Added; onMore: () => void }) {
  const { t } = useTranslation();
  const { job } = added;
  const refresh = useRefresh();
  const looked = useCallback(() => void refresh(), [refresh]);
  const { data: product = added.product } = useQuery(productQuery(added.product.id, true));
  return (
    <section className={styles.done} aria-labelledby="added">
      <h2 id="added">{t("catalog.added")}</h2>
      <div className={styles.card}>
        <Card product={product} sizes="240px" eager />
      </div>
      {job && (
        <JobLine
          jobId={job.id}
          label={t("catalog.looking")}
          done={t("catalog.findable")}
          onEnd={looked}
        />
      )}
      <div className={styles.actions}>
        <ButtonLink
          to="/products/$productId"
          params={{ productId: added.product.id }}
          look="primary"
        >
          {t("catalog.toProduct")}
        </ButtonLink>
        <Button onClick={onMore}>{t("catalog.addAnother")}</Button>
      </div>
    </section>
  );
}
