import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { TrainingKind, TrainingRequest } from "@/api/types";
import { Field, Select } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";
import { useRefused } from "@/components/refused";
import { dateTime } from "@/texts/format";

import { useAct } from "./actions";
import { snapshotsQuery } from "./queries";
import { KINDS, LEARNS_FROM } from "./words";

const STEPS = 800;

interface Props {
  /** What is chosen at first. */
  kind: TrainingKind;
  onClose: () => void;
}

/** Asks what to train, on which data, and for how long at most. */
export function StartDialog({ kind: first, onClose }: Props) {
  const { t } = useTranslation();
  const [kind, setKind] = useState(first);
  const start = useAct(
    async (body: TrainingRequest) => held(await api.POST("/v1/training/runs", { body })),
    t("admin.models.started"),
    onClose,
  );
  const refused = useRefused(start.error, start.variables, ["snapshot_id", "steps", "minutes"]);
  return (
    <FormDialog
      title={t("admin.models.start")}
      submit={t("admin.models.startIt")}
      busy={start.isPending}
      error={refused.rest}
      onClose={onClose}
      onSubmit={(form) => start.mutate(asked(form, kind))}
    >
      <Select
        label={t("admin.models.what")}
        value={kind}
        onChange={(event) => setKind(KINDS.find((one) => one === event.target.value) ?? first)}
        choices={Object.fromEntries(KINDS.map((one) => [one, t(`admin.models.kind.${one}`)]))}
        hint={t(`admin.models.kindText.${kind}`)}
      />
      <Data kind={kind} error={refused.of("snapshot_id")} />
      <Field
        label={t("admin.models.steps")}
        name="steps"
        type="number"
        min={1}
        max={100_000}
        required
        defaultValue={STEPS}
        hint={t("admin.models.stepsHint")}
        error={refused.of("steps")}
      />
      <Field
        label={t("admin.models.minutes")}
        name="minutes"
        type="number"
        min={1}
        max={10_000}
        hint={t("admin.models.minutesHint")}
        error={refused.of("minutes")}
      />
    </FormDialog>
  );
}

function Data({ kind, error }: { kind: TrainingKind; error: string | undefined }) {
  const { t } = useTranslation();
  const found = useQuery(snapshotsQuery);
  const format = LEARNS_FROM[kind];
  if (format === null) return null;
  const fitting = (found.data ?? []).filter((one) => one.format === format);
  return (
    <Select
      key={kind}
      label={t("admin.models.snapshot")}
      name="snapshot"
      defaultValue=""
      choices={{
        "": t("admin.models.snapshotNow"),
        ...Object.fromEntries(
          fitting.map(({ id, name, created_at }) => [id, `${name} · ${dateTime(created_at)}`]),
        ),
      }}
      error={error}
    />
  );
}

function asked(form: HTMLFormElement, kind: TrainingKind): TrainingRequest {
  const snapshot = fieldText(form, "snapshot");
  const minutes = fieldText(form, "minutes");
  return {
    kind,
    steps: Number(fieldText(form, "steps")),
    ...(snapshot !== "" && { snapshot_id: snapshot }),
    ...(minutes !== "" && { minutes: Number(minutes) }),
  };
}
