import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { PromoteRequest, SearchCollection } from "@/api/types";
import { Button } from "@/components/Button";
import { ConfirmRemoval } from "@/components/ConfirmRemoval";
import { FailureLine } from "@/components/Notice";
import { useToast } from "@/components/toast";

import { useAct } from "./actions";
import styles from "./Models.module.css";
import { ALL, modelsQuery } from "./queries";
import { ReasonDialog } from "./ReasonDialog";
import { needsReason, recipeOf } from "./words";

interface Props {
  collection: SearchCollection;
}

/** What can be done with a collection, by the state it is in. */
export function CollectionActs({ collection }: Props) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<"promote" | "rollback" | "retire" | null>(null);
  const close = () => setAsking(null);
  const { state } = collection;
  return (
    <div className={styles.acts}>
      {state === "ready" && (
        <Button look="primary" onClick={() => setAsking("promote")}>
          {t("admin.models.promote")}
        </Button>
      )}
      {state === "standby" && (
        <Button look="primary" onClick={() => setAsking("rollback")}>
          {t("admin.models.rollback")}
        </Button>
      )}
      {(state === "retired" || (state === "building" && collection.job === null)) && (
        <BuildOn collection={collection} />
      )}
      {state !== "active" && state !== "retired" && (
        <Button onClick={() => setAsking("retire")}>{t("admin.models.retire")}</Button>
      )}
      {asking === "promote" && <Promote collection={collection} onClose={close} />}
      {asking === "rollback" && <Rollback collection={collection} onClose={close} />}
      {asking === "retire" && <Retire collection={collection} onClose={close} />}
    </div>
  );
}

function BuildOn({ collection }: Props) {
  const { t } = useTranslation();
  const build = useAct(
    async () => held(await api.POST("/v1/collections", { body: recipeOf(collection) })),
    t("admin.models.buildStarted"),
  );
  return (
    <>
      <Button busy={build.isPending} onClick={() => build.mutate(undefined)}>
        {t(`admin.models.${collection.state === "retired" ? "buildAgain" : "buildOn"}`)}
      </Button>
      <FailureLine error={build.error} />
    </>
  );
}

interface AskProps extends Props {
  onClose: () => void;
}

function Promote({ collection, onClose }: AskProps) {
  const { t } = useTranslation();
  const models = useQuery(modelsQuery);
  const model = models.data?.find(
    ({ role, version }) => role === "encoder" && version === collection.model_version,
  );
  const act = useAct(
    async (body: PromoteRequest) => {
      const params = { path: { collection_id: collection.id } };
      held(await api.POST("/v1/collections/{collection_id}/promote", { params, body }));
    },
    t("admin.models.promoted"),
    onClose,
  );
  if (models.isPending) return null;
  return (
    <ReasonDialog
      title={t("admin.models.promoteTitle")}
      text={t("admin.models.promoteText", { name: collection.name })}
      submit={t("admin.models.promote")}
      busy={act.isPending}
      error={act.error}
      needsReason={needsReason(model)}
      lacking={collection.lacking}
      onClose={onClose}
      onGiven={(override) => act.mutate({ override, missing: collection.lacking })}
    />
  );
}

function Rollback({ collection, onClose }: AskProps) {
  const { t } = useTranslation();
  const act = useAct(
    async (body: PromoteRequest) => held(await api.POST("/v1/collections/rollback", { body })),
    t("admin.models.rolledBack"),
    onClose,
  );
  return (
    <ReasonDialog
      title={t("admin.models.rollbackTitle")}
      text={t("admin.models.rollbackText", { name: collection.name })}
      submit={t("admin.models.rollback")}
      busy={act.isPending}
      error={act.error}
      needsReason={false}
      lacking={collection.lacking}
      onClose={onClose}
      onGiven={() => act.mutate({ missing: collection.lacking })}
    />
  );
}

function Retire({ collection, onClose }: AskProps) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  return (
    <ConfirmRemoval
      title={t("admin.models.retireTitle")}
      confirm={t("admin.models.retire")}
      remove={async () => {
        const params = { path: { collection_id: collection.id } };
        await api.DELETE("/v1/collections/{collection_id}", { params });
      }}
      onRemoved={async () => {
        say(t("admin.models.retired"));
        await queryClient.invalidateQueries({ queryKey: ALL });
        onClose();
      }}
      onClose={onClose}
    >
      {t("admin.models.retireText", { name: collection.name })}
    </ConfirmRemoval>
  );
}
