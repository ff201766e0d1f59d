import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import type { SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import type { NewSynonym, Synonym } from "@/api/types";
import { Button, IconButton } from "@/components/Button";
import { Field } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FailureLine } from "@/components/Notice";
import { Page } from "@/components/Page";
import { QueryState } from "@/components/QueryState";
import { useRefused } from "@/components/refused";
import { Row, Rows } from "@/components/Rows";
import { useToast } from "@/components/toast";

import { remove, state, synonymsQuery } from "./queries";
import styles from "./Synonyms.module.css";

/** Which words of shoppers are read as which of the shop's. */
export default function Synonyms() {
  const { t } = useTranslation();
  const found = useQuery(synonymsQuery);
  return (
    <Page title={t("admin.synonyms.title")} width="medium">
      <p className={styles.lead}>{t("admin.synonyms.lead")}</p>
      <NewOne />
      <QueryState query={found} height="240px" />
      {found.data?.length === 0 && <p className={styles.lead}>{t("admin.synonyms.none")}</p>}
      {found.data && found.data.length > 0 && (
        <Rows label={t("admin.synonyms.title")}>
          {found.data.map((one) => (
            <Line key={one.id} synonym={one} />
          ))}
        </Rows>
      )}
    </Page>
  );
}

function NewOne() {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: ({ asked }: { asked: NewSynonym; form: HTMLFormElement }) => state(asked),
    onSuccess: async (_, { form }) => {
      form.reset();
      say(t("common.saved"));
      await queryClient.invalidateQueries({ queryKey: synonymsQuery.queryKey });
    },
  });
  const refused = useRefused(save.error, save.variables?.asked, ["words", "means"]);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const asked = { words: fieldText(form, "words"), means: fieldText(form, "means") };
    save.mutate({ asked, form });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field
        label={t("admin.synonyms.words")}
        name="words"
        required
        maxLength={200}
        autoComplete="off"
        error={refused.of("words")}
      />
      <Field
        label={t("admin.synonyms.means")}
        name="means"
        required
        maxLength={200}
        autoComplete="off"
        error={refused.of("means")}
      />
      <Button type="submit" look="primary" busy={save.isPending}>
        {t("admin.synonyms.add")}
      </Button>
      <FailureLine error={refused.rest} />
    </form>
  );
}

function Line({ synonym }: { synonym: Synonym }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const drop = useMutation({
    mutationFn: () => remove(synonym.id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: synonymsQuery.queryKey }),
  });
  return (
    <Row>
      <div className={styles.line}>
        <span>{t("admin.synonyms.reads", { words: synonym.words, means: synonym.means })}</span>
        <IconButton
          label={t("admin.synonyms.remove", { words: synonym.words })}
          disabled={drop.isPending}
          onClick={() => drop.mutate()}
        >
          <Trash2 size={18} aria-hidden />
        </IconButton>
      </div>
      <FailureLine error={drop.error} />
    </Row>
  );
}
