import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import type { Source } from "@/api/types";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { MoreButton, QueryState } from "@/components/QueryState";
import { Row, Rows } from "@/components/Rows";

import { PullTold } from "./PullTold";
import { pullsQuery } from "./queries";

/** Every pull of a source, newest first. */
export default function Pulls({ source, onClose }: { source: Source; onClose: () => void }) {
  const { t } = useTranslation();
  const found = useInfiniteQuery(pullsQuery(source.id));
  const pulls = found.data?.pages.flatMap((page) => page.pulls) ?? [];
  const title = t("admin.sources.pullsOf", { name: source.name });
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      actions={<Button onClick={onClose}>{t("common.close")}</Button>}
    >
      <QueryState query={found} height="160px" />
      {found.data && pulls.length === 0 && <p>{t("admin.sources.noPulls")}</p>}
      {pulls.length > 0 && (
        <Rows label={title}>
          {pulls.map((pull) => (
            <Row key={pull.id}>
              <PullTold pull={pull} />
            </Row>
          ))}
        </Rows>
      )}
      <MoreButton query={found} />
    </Dialog>
  );
}
