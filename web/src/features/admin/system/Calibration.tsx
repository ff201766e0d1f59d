import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import type { Calibration as Fitted } from "@/api/types";
import { Button } from "@/components/Button";
import { ButtonLink } from "@/components/ButtonLink";
import { useFacetName } from "@/components/fields";
import { FailureLine } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { useToast } from "@/components/toast";
import { count, percent, relative } from "@/texts/format";

import { systemQuery } from "./queries";
import styles from "./System.module.css";

/** How often hits are what their level promises, and how good labels are, in this catalogue. */
export default function Calibration() {
  const { t } = useTranslation();
  const found = useQuery(systemQuery);
  return (
    <Page
      title={t("settings.section.quality.name")}
      width="medium"
      actions={
        <ButtonLink to="/review/quality" search={{}}>
          {t("settings.reviewers")}
          <ArrowRight size={16} aria-hidden />
        </ButtonLink>
      }
    >
      <QueryState query={found} height="480px" />
      {found.data && <Fit fitted={found.data.calibration} />}
    </Page>
  );
}

function Fit({ fitted }: { fitted: Fitted | null }) {
  const { t } = useTranslation();
  const say = useToast();
  const run = useMutation({
    mutationFn: () => api.POST("/v1/calibration"),
    onSuccess: () => say(t("admin.system.calibration.started")),
  });
  const lead = fitted
    ? t("admin.system.calibration.lead", {
        products: count(fitted.products),
        when: relative(fitted.fitted_at),
      })
    : t("admin.system.calibration.none");
  return (
    <Panel title={t("admin.system.calibration.title")} lead={lead}>
      {fitted && <Levels kinds={fitted.kinds} />}
      {fitted && fitted.facets.length > 0 && <Facets facets={fitted.facets} />}
      <div>
        <Button busy={run.isPending} onClick={() => run.mutate()}>
          {t("admin.system.calibration.run")}
        </Button>
      </div>
      <FailureLine error={run.error} />
    </Panel>
  );
}

function Levels({ kinds }: { kinds: Fitted["kinds"] }) {
  const { t } = useTranslation();
  const share = useShare();
  return (
    <table className={styles.table}>
      <Heads names={["query", "level", "promised", "measured", "hits"]} />
      <tbody>
        {kinds.flatMap(({ kind, known, levels }) =>
          known ? (
            levels.map(({ level, promised, measured, hits }) => (
              <tr key={`${kind} ${level}`}>
                <th scope="row">{t(`admin.system.calibration.kinds.${kind}`)}</th>
                <td>{t(`search.level.${level}`)}</td>
                <td>{share(promised)}</td>
                <td>{share(measured)}</td>
                <td>{count(hits)}</td>
              </tr>
            ))
          ) : (
            <tr key={kind}>
              <th scope="row">{t(`admin.system.calibration.kinds.${kind}`)}</th>
              <td colSpan={4}>{t("admin.system.calibration.unknown")}</td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  );
}

function Facets({ facets }: { facets: Fitted["facets"] }) {
  const { t } = useTranslation();
  const share = useShare();
  const facetName = useFacetName();
  return (
    <table className={styles.table}>
      <Heads names={["facet", "f1", "accuracy", "products", "shown"]} />
      <tbody>
        {facets.map(({ facet, f1, accuracy, n, shown }) => (
          <tr key={facet}>
            <th scope="row">{facetName(facet)}</th>
            <td>{share(f1)}</td>
            <td>{share(accuracy)}</td>
            <td>{count(n)}</td>
            <td>{t(`admin.system.calibration.${shown ? "yes" : "no"}`)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type Head =
  | "query"
  | "level"
  | "promised"
  | "measured"
  | "hits"
  | "facet"
  | "f1"
  | "accuracy"
  | "products"
  | "shown";

function Heads({ names }: { names: readonly Head[] }) {
  const { t } = useTranslation();
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {t(`admin.system.calibration.${name}`)}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** A share in percent; a dash for what was never claimed. */
function useShare() {
  return (share: number | null) => (share === null ? "–" : percent(share));
}
