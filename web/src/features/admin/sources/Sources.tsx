import { useQuery } from "@tanstack/react-query";
import { Plus, RefreshCw } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Source } from "@/api/types";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { QueryState } from "@/components/QueryState";
import { Rows } from "@/components/Rows";

import { sourcesQuery } from "./queries";
import { SourceRow, type Deed } from "./SourceRow";
import styles from "./Sources.module.css";

const SourceForm = lazy(() => import("./SourceForm"));
const Pulls = lazy(() => import("./Pulls"));
const RemoveSource = lazy(() => import("./RemoveSource"));

interface Doing {
  what: "add" | Deed;
  source?: Source;
}

/** Where the catalogue is pulled from, how often, and how that goes. */
export default function Sources() {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<Doing | null>(null);
  const found = useQuery(sourcesQuery);
  const close = () => setDoing(null);
  const add = (
    <Button
      look="primary"
      icon={<Plus size={16} aria-hidden />}
      onClick={() => setDoing({ what: "add" })}
    >
      {t("admin.sources.add")}
    </Button>
  );
  const { what, source } = doing ?? {};
  return (
    <Page title={t("admin.sources.title")} width="medium" actions={found.data?.length ? add : null}>
      <QueryState query={found} height="160px" />
      {found.data?.length === 0 && (
        <Notice
          icon={<RefreshCw aria-hidden />}
          title={t("admin.sources.emptyTitle")}
          actions={add}
        >
          {t("admin.sources.lead")}
        </Notice>
      )}
      {found.data && found.data.length > 0 && (
        <>
          <p className={styles.lead}>{t("admin.sources.lead")}</p>
          <Rows label={t("admin.sources.title")}>
            {found.data.map((each) => (
              <SourceRow
                key={each.id}
                source={each}
                onDo={(deed) => setDoing({ what: deed, source: each })}
              />
            ))}
          </Rows>
        </>
      )}
      <Suspense>
        {what === "add" && <SourceForm onClose={close} />}
        {what === "edit" && source && <SourceForm source={source} onClose={close} />}
        {what === "pulls" && source && <Pulls source={source} onClose={close} />}
        {what === "remove" && source && <RemoveSource source={source} onClose={close} />}
      </Suspense>
    </Page>
  );
}
