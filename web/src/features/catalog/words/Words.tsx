import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { vocabularyQuery } from "@/api/fields";
import { may } from "@/api/queries";
import type { Mapping } from "@/api/types";
import { useFacetName, useLabelName } from "@/components/fields";
import { useMe } from "@/components/me";
import { FailureLine } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { useToast } from "@/components/toast";
import { count, percent } from "@/texts/format";

import styles from "./Words.module.css";
import { decide, mappingsQuery } from "./queries";

/** What the shop's own values mean in our words, why, and what people decided instead. */
export default function Words() {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const found = useQuery(mappingsQuery);
  const mappings = found.data?.mappings ?? [];
  const facets = [...new Set(mappings.map(({ facet }) => facet))];
  return (
    <Page title={t("catalog.meanings.title")} width="medium">
      <p className={styles.lead}>{t("catalog.meanings.lead")}</p>
      <QueryState query={found} height="480px" />
      {found.data && facets.length === 0 && (
        <p className={styles.lead}>{t("catalog.meanings.none")}</p>
      )}
      {facets.map((facet) => (
        <Panel key={facet} title={facetName(facet)}>
          <Table facet={facet} mappings={mappings.filter((mapping) => mapping.facet === facet)} />
        </Panel>
      ))}
    </Page>
  );
}

function Table({ facet, mappings }: { facet: string; mappings: readonly Mapping[] }) {
  const { t } = useTranslation();
  const editor = may(useMe(), "editor");
  const labelName = useLabelName();
  return (
    <table className={styles.table} aria-label={useFacetName()(facet)}>
      <thead>
        <tr>
          {(["value", "products", "word", "why"] as const).map((name) => (
            <th key={name} scope="col">
              {t(`catalog.meanings.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {mappings.map((mapping) => (
          <tr key={mapping.value}>
            <th scope="row">{mapping.value}</th>
            <td>{count(mapping.products)}</td>
            <td>
              {editor ? (
                <Choice mapping={mapping} />
              ) : mapping.word === null ? (
                t("catalog.meanings.nothing")
              ) : (
                labelName(facet, mapping.word)
              )}
            </td>
            <td>
              <Why mapping={mapping} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const PROPOSED = "proposed";

function Choice({ mapping }: { mapping: Mapping }) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  const labelName = useLabelName();
  const vocabulary = useQuery(vocabularyQuery);
  const { facet, value, word, proposed } = mapping;
  const known = vocabulary.data?.facets.find(({ name }) => name === facet)?.values ?? [];
  const state = useMutation({
    mutationFn: (chosen: string | null) => decide(facet, value, chosen),
    onSuccess: async () => {
      say(t("catalog.meanings.saved"));
      await queryClient.invalidateQueries({ queryKey: mappingsQuery.queryKey });
    },
  });
  const told = proposed === null ? t("catalog.meanings.nothing") : labelName(facet, proposed);
  return (
    <>
      <select
        className={styles.choice}
        aria-label={t("catalog.meanings.choose", { value })}
        disabled={state.isPending}
        value={mapping.by_person ? `=${word ?? ""}` : PROPOSED}
        onChange={({ target }) =>
          state.mutate(target.value === PROPOSED ? null : target.value.slice(1))
        }
      >
        <option value={PROPOSED}>{`${told} (${t("catalog.meanings.asProposed")})`}</option>
        <option value="=">{t("catalog.meanings.nothing")}</option>
        {known.map((one) => (
          <option key={one.value} value={`=${one.value}`}>
            {labelName(facet, one.value)}
          </option>
        ))}
      </select>
      <FailureLine error={state.error} />
    </>
  );
}

/** What speaks for the word: a person, or how far names and photos say so. */
function Why({ mapping }: { mapping: Mapping }) {
  const { t } = useTranslation();
  const labelName = useLabelName();
  if (mapping.by_person) return <>{t("catalog.meanings.decided")}</>;
  const [best] = mapping.candidates;
  if (best === undefined) return null;
  const told = [
    labelName(mapping.facet, best.word),
    best.words !== null && t("catalog.meanings.names", { share: percent(best.words) }),
    best.pictures !== null && t("catalog.meanings.pictures", { share: percent(best.pictures) }),
  ];
  return <span className={styles.why}>{told.filter(Boolean).join(" · ")}</span>;
}
