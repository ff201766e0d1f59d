import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Boxes } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { ModelVersion } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Facts } from "@/components/Facts";
import { Notice } from "@/components/Notice";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { bytes, dateTime } from "@/texts/format";

import { useAct } from "./actions";
import { BuildDialog } from "./BuildDialog";
import { GateShown } from "./GateShown";
import styles from "./Models.module.css";
import { modelsQuery } from "./queries";
import { ReasonDialog } from "./ReasonDialog";
import { gateOf, needsReason, STATUS_TONES } from "./words";

/** Every model that was used or trained here, the newest first. */
export function Versions() {
  const { t } = useTranslation();
  const found = useQuery(modelsQuery);
  return (
    <>
      <QueryState query={found} height="420px" />
      {found.data?.length === 0 && (
        <Notice icon={<Boxes aria-hidden />} title={t("admin.models.none")}>
          {t("admin.models.noneText")}
        </Notice>
      )}
      {found.data?.map((model) => (
        <Version key={`${model.role} ${model.version}`} model={model} />
      ))}
    </>
  );
}

function Version({ model }: { model: ModelVersion }) {
  const { t } = useTranslation();
  const gate = gateOf(model);
  return (
    <Panel title={model.version} lead={model.description} actions={<Acts model={model} />}>
      <div className={styles.badges}>
        <Badge>{t(`admin.models.role.${model.role}`)}</Badge>
        <Badge tone={STATUS_TONES[model.status]}>{t(`admin.models.status.${model.status}`)}</Badge>
      </div>
      <Facts
        facts={[
          [t("admin.models.from"), <Origin key="from" model={model} />],
          [t("admin.models.added"), dateTime(model.created_at)],
          [t("admin.models.licence"), model.licence || null],
          [
            t("admin.models.files"),
            model.stored ? bytes(model.bytes) : t("admin.models.filesNotStored"),
          ],
        ]}
      />
      {gate && <GateShown gate={gate} />}
    </Panel>
  );
}

function Origin({ model }: { model: ModelVersion }) {
  const { t } = useTranslation();
  if (model.run_id === null) return t("admin.models.brought");
  return (
    <Link to="/settings/models" search={{ tab: "training" }} hash={model.run_id}>
      {t("admin.models.ofRun")}
    </Link>
  );
}

function Acts({ model }: { model: ModelVersion }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<"overrule" | "see" | "build" | null>(null);
  const close = () => setAsking(null);
  const mayOverrule = model.status === "refused" && model.run_id !== null;
  const maySee = model.role === "detector" && model.stored && model.status !== "promoted";
  const mayBuild = model.role === "encoder" && model.stored && model.status === "candidate";
  return (
    <div className={styles.acts}>
      {mayBuild && (
        <Button look="primary" onClick={() => setAsking("build")}>
          {t("admin.models.build")}
        </Button>
      )}
      {mayOverrule && (
        <Button onClick={() => setAsking("overrule")}>{t("admin.models.overrule")}</Button>
      )}
      {maySee && <Button onClick={() => setAsking("see")}>{t("admin.models.see")}</Button>}
      {asking === "build" && <BuildDialog model={model.version} onClose={close} />}
      {asking === "overrule" && <Overrule model={model} onClose={close} />}
      {asking === "see" && <See model={model} onClose={close} />}
    </div>
  );
}

interface AskProps {
  model: ModelVersion;
  onClose: () => void;
}

function Overrule({ model, onClose }: AskProps) {
  const { t } = useTranslation();
  const act = useAct(
    async (reason: string) => {
      const path = { run_id: model.run_id ?? "" };
      const body = { reason };
      held(await api.POST("/v1/training/runs/{run_id}/override", { params: { path }, body }));
    },
    t("admin.models.overruleDone"),
    onClose,
  );
  return (
    <ReasonDialog
      title={t("admin.models.overrule")}
      text={t("admin.models.overruleText", { version: model.version })}
      submit={t("admin.models.overrule")}
      busy={act.isPending}
      error={act.error}
      needsReason
      onClose={onClose}
      onGiven={(reason) => act.mutate(reason)}
    />
  );
}

function See({ model, onClose }: AskProps) {
  const { t } = useTranslation();
  const act = useAct(
    async (override: string) => {
      const params = { path: { version: model.version } };
      held(
        await api.POST("/v1/models/detectors/{version}/promote", { params, body: { override } }),
      );
    },
    t("admin.models.seeDone"),
    onClose,
  );
  return (
    <ReasonDialog
      title={t("admin.models.see")}
      text={t("admin.models.seeText", { version: model.version })}
      submit={t("admin.models.see")}
      busy={act.isPending}
      error={act.error}
      needsReason={needsReason(model)}
      onClose={onClose}
      onGiven={(reason) => act.mutate(reason)}
    />
  );
}
