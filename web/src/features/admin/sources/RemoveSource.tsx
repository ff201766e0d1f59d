import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import type { Source } from "@/api/types";
import { ConfirmRemoval } from "@/components/ConfirmRemoval";
import { useToast } from "@/components/toast";

import { sourcesQuery } from "./queries";

/** Asks before a source is forgotten. */
export default function RemoveSource({ source, onClose }: { source: Source; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  const { id, name } = source;
  return (
    <ConfirmRemoval
      title={t("admin.sources.removeTitle")}
      confirm={t("common.delete")}
      remove={async () => {
        await api.DELETE("/v1/sources/{source_id}", { params: { path: { source_id: id } } });
      }}
      onRemoved={async () => {
        say(t("admin.sources.removed", { name }));
        onClose();
        await queryClient.invalidateQueries(sourcesQuery);
      }}
      onClose={onClose}
    >
      {t("admin.sources.removeText", { name })}
    </ConfirmRemoval>
  );
}
