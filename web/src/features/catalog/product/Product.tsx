import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Pencil, RefreshCw, Trash2, Undo2 } from "lucide-react";
import { lazy, Suspense, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { may } from "@/api/queries";
import type { Product as Told } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { useHasParts } from "@/components/fields";
import { useMe } from "@/components/me";
import { Failure, FailureLine } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Skeleton } from "@/components/Skeleton";
import { useToast } from "@/components/toast";
import { dateTime, relative } from "@/texts/format";

import { BackTo } from "./BackTo";
import { CropList } from "./CropList";
import { Facts } from "./Facts";
import { Gallery } from "./Gallery";
import { History } from "./History";
import { JobLine } from "../shared/JobLine";
import { Labels } from "./Labels";
import styles from "./Product.module.css";
import { productQuery, useRefresh } from "../shared/queries";
import { deleteProduct, indexProduct, restoreProduct } from "./actions";
import { presentOf } from "./meanwhile";
import { cropsQuery } from "./queries";
import { Colourways, Similar } from "./Similar";

// A form nobody needs who only looks.
const EditDialog = lazy(() => import("./EditDialog"));

const route = getRouteApi("/shell/products/$productId");

/** One product: its photos and what was found on them, its facts, its likes and its history. */
export default function Product() {
  const { productId } = route.useParams();
  const editor = may(useMe(), "editor");
  const product = useQuery(productQuery(productId, editor));
  if (product.error) {
    return <Failure error={product.error} retry={() => void product.refetch()} />;
  }
  if (product.data === undefined) return <Waiting />;
  return (
    <>
      <BackTo />
      <Shown key={productId} product={product.data} editor={editor} />
    </>
  );
}

function Waiting() {
  return (
    <Page title="…">
      <div className={styles.parts}>
        <Skeleton height="min(72vh, 640px)" />
        <Skeleton height="420px" />
      </div>
    </Page>
  );
}

function Shown({ product, editor }: { product: Told; editor: boolean }) {
  const { photo, edit } = route.useSearch();
  const navigate = route.useNavigate();
  const alive = product.deleted_at === null;
  const hasParts = useHasParts();
  const [pointed, setPointed] = useState<string | null>(null);
  const [jobId, setJobId] = useState<string | null>(null);
  const crops = useQuery({ ...cropsQuery(product.id), enabled: alive });
  const image = product.images.find((one) => one.id === photo) ?? product.images[0];
  const look = (search: { photo?: string; edit?: true }) =>
    void navigate({ search, replace: true, resetScroll: false, state: true });
  const kept = photo === undefined ? {} : { photo };
  const actions = (
    <Actions product={product} onEdit={() => look({ ...kept, edit: true })} onJob={setJobId} />
  );
  const pointing = { pointed, onPoint: setPointed };
  return (
    <Page title={product.title} actions={editor && actions}>
      {alive ? <State product={product} jobId={jobId} /> : <Deleted product={product} />}
      <div className={styles.parts}>
        <Gallery
          product={product}
          crops={crops.data}
          image={image}
          onImage={(one) => look({ photo: one.id })}
          editable={editor && alive}
          onJob={setJobId}
          {...pointing}
        />
        <div className={styles.side}>
          <Facts product={product} />
          <Labels product={product} editable={editor && alive} />
          {alive && image && crops.data && (
            <CropList
              {...pointing}
              productId={product.id}
              image={image}
              crops={crops.data}
              editable={editor}
            />
          )}
          {alive && image && crops.isPending && <Skeleton height="220px" />}
          {alive && crops.error && <FailureLine error={crops.error} />}
        </div>
      </div>
      {alive && hasParts && <Colourways productId={product.id} />}
      {alive && <Similar productId={product.id} />}
      {editor && <History productId={product.id} />}
      {edit && editor && alive && (
        <Suspense fallback={null}>
          <EditDialog product={product} onClose={() => look(kept)} />
        </Suspense>
      )}
    </Page>
  );
}

/** Whether a product can be found yet, and the job that looks at its photos. */
function State({ product, jobId }: { product: Told; jobId: string | null }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const looked = useCallback(() => void refresh(), [refresh]);
  if (jobId) {
    return (
      <JobLine
        key={jobId}
        jobId={jobId}
        label={t("catalog.looking")}
        done={t("catalog.looked")}
        onEnd={looked}
      />
    );
  }
  if (product.images.length === 0 || product.primary_crop_id !== null) return null;
  return (
    <p className={styles.note}>
      <Badge tone="warning">{t("catalog.notSearchable")}</Badge> {t("catalog.notSearchableText")}
    </p>
  );
}

interface ActionsProps {
  product: Told;
  onEdit: () => void;
  onJob: (jobId: string) => void;
}

function Actions({ product, onEdit, onJob }: ActionsProps) {
  const { t } = useTranslation();
  const say = useToast();
  const undo = useRestore(product.id);
  const remove = useDelete(product);
  const index = useMutation({
    mutationFn: () => indexProduct(product.id),
    onSuccess: (job) => onJob(job.id),
    onError: (error) => say(error.message),
  });
  if (product.deleted_at !== null) {
    return (
      <Button
        look="primary"
        icon={<Undo2 size={18} aria-hidden />}
        busy={undo.isPending}
        onClick={() => undo.mutate()}
      >
        {t("common.restore")}
      </Button>
    );
  }
  return (
    <>
      <Button icon={<Pencil size={16} aria-hidden />} onClick={onEdit}>
        {t("catalog.edit")}
      </Button>
      <Button
        icon={<RefreshCw size={16} aria-hidden />}
        busy={index.isPending}
        disabled={product.images.length === 0}
        onClick={() => index.mutate()}
      >
        {t("catalog.reindex")}
      </Button>
      <Button
        look="danger"
        icon={<Trash2 size={16} aria-hidden />}
        busy={remove.isPending}
        onClick={() => remove.mutate()}
      >
        {t("common.delete")}
      </Button>
    </>
  );
}

function Deleted({ product }: { product: Told }) {
  const { t } = useTranslation();
  if (product.deleted_at === null) return null;
  const gone = product.purge_at ?? null;
  return (
    <p className={styles.deleted} role="status">
      <Trash2 size={18} aria-hidden />
      <span>
        {t("catalog.deletedText", {
          when: relative(product.deleted_at),
          at: dateTime(product.deleted_at),
          until: gone === null ? "" : t("catalog.until", { when: dateTime(gone) }),
        })}{" "}
        <Link to="/catalogue" search={{ trash: true }}>
          {t("catalog.toTrash")}
        </Link>
      </span>
    </p>
  );
}

function useDelete(product: Told) {
  const { t } = useTranslation();
  const say = useToast();
  const refresh = useRefresh();
  const undo = useRestore(product.id);
  return useMutation({
    mutationFn: () => deleteProduct(product),
    onSuccess: async () => {
      say(t("catalog.deleted", { title: product.title }), {
        label: t("catalog.undo"),
        onClick: () => undo.mutate(),
      });
      await refresh();
    },
    onError: async (error) => {
      const outdated = presentOf(error) !== null;
      say(outdated ? t("catalog.meanwhile.notDeleted") : error.message);
      if (outdated) await refresh();
    },
  });
}

function useRestore(productId: string) {
  const { t } = useTranslation();
  const say = useToast();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => restoreProduct(productId),
    onSuccess: async () => {
      say(t("catalog.restored"));
      await refresh();
    },
    onError: (error) => say(error.message),
  });
}
