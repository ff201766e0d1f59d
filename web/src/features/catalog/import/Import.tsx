import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/Page";

import { AddTabs } from "../shared/AddTabs";
import styles from "./Import.module.css";
import { Prepare } from "./Prepare";
import { Running } from "./Running";
import { useImport } from "./useImport";

const route = getRouteApi("/shell/import");

/** A file of products: chosen, checked without writing anything, then imported. */
export default function Import() {
  const { t } = useTranslation();
  const { check, job } = route.useSearch();
  const making = useImport();
  return (
    <Page title={t("app.add")} width="narrow">
      <AddTabs />
      <Steps at={job ? 2 : check ? 1 : 0} />
      {job ? (
        <Running jobId={job} onAnother={making.startOver} />
      ) : (
        <Prepare making={making} check={check} />
      )}
    </Page>
  );
}

function Steps({ at }: { at: number }) {
  const { t } = useTranslation();
  const steps = [t("catalog.stepChoose"), t("catalog.stepCheck"), t("catalog.stepImport")];
  return (
    <ol className={styles.steps}>
      {steps.map((name, place) => (
        <li key={name} aria-current={place === at ? "step" : undefined} data-done={place < at}>
          <span aria-hidden>{place + 1}</span>
          {name}
        </li>
      ))}
    </ol>
  );
}
