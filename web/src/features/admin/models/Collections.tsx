import { useQuery } from "@tanstack/react-query";
import { Layers, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { SearchCollection } from "@/api/types";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { QueryState } from "@/components/QueryState";

import { BuildDialog } from "./BuildDialog";
import { Collection } from "./Collection";
import styles from "./Models.module.css";
import { collectionsQuery } from "./queries";

/** What is searched first, then what might be, then what no longer is. */
const ORDER: readonly SearchCollection["state"][] = [
  "active",
  "building",
  "ready",
  "standby",
  "retired",
];

/** The collection that is searched, those built beside it, and the ways from one to the other. */
export function Collections() {
  const { t } = useTranslation();
  const [building, setBuilding] = useState(false);
  const found = useQuery(collectionsQuery);
  const sorted = [...(found.data ?? [])].sort(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state),
  );
  return (
    <>
      <div className={styles.line}>
        <p className={styles.soft}>{t("admin.models.collectionsLead")}</p>
        <Button
          look="primary"
          icon={<Plus size={16} aria-hidden />}
          onClick={() => setBuilding(true)}
        >
          {t("admin.models.build")}
        </Button>
      </div>
      <QueryState query={found} height="420px" />
      {found.data?.length === 0 && (
        <Notice icon={<Layers aria-hidden />} title={t("admin.models.noCollections")}>
          {t("admin.models.noCollectionsText")}
        </Notice>
      )}
      {sorted.map((each) => (
        <Collection key={each.id} collection={each} />
      ))}
      {building && <BuildDialog onClose={() => setBuilding(false)} />}
    </>
  );
}
