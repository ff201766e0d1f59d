import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { BuildRequest } from "@/api/types";
import { Field, Select } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";
import { useRefused } from "@/components/refused";

import { useAct } from "./actions";
import { modelsQuery } from "./queries";
import { PADDINGS } from "./words";

const FIELDS = ["model_version", "text_share", "margin", "padding"];

interface Props {
  /** The version of the encoder that is chosen at first; none for the installed one. */
  model?: string;
  onClose: () => void;
}

/** Asks what makes the collection that is built beside the searched one. */
export function BuildDialog({ model = "", onClose }: Props) {
  const { t } = useTranslation();
  const models = useQuery(modelsQuery);
  const encoders = (models.data ?? []).filter(({ role, stored }) => role === "encoder" && stored);
  const build = useAct(
    async (body: BuildRequest) => held(await api.POST("/v1/collections", { body })),
    t("admin.models.buildStarted"),
    onClose,
  );
  const refused = useRefused(build.error, build.variables, FIELDS);
  return (
    <FormDialog
      title={t("admin.models.build")}
      submit={t("admin.models.build")}
      busy={build.isPending}
      error={refused.rest}
      onClose={onClose}
      onSubmit={(form) => build.mutate(recipe(form))}
    >
      <p>{t("admin.models.buildText")}</p>
      <Select
        label={t("admin.models.model")}
        name="model"
        key={encoders.length}
        defaultValue={model}
        choices={{
          "": t("admin.models.installedModel"),
          ...Object.fromEntries(encoders.map(({ version }) => [version, version])),
        }}
        error={refused.of("model_version")}
      />
      <Field
        label={t("admin.models.textShare")}
        {...{ name: "share", type: "number", min: 0, max: 50, step: 1 }}
        hint={t("admin.models.percentHint", { most: 50 })}
        error={refused.of("text_share")}
      />
      <Field
        label={t("admin.models.margin")}
        {...{ name: "margin", type: "number", min: 0, max: 30, step: 0.1 }}
        hint={t("admin.models.percentHint", { most: 30 })}
        error={refused.of("margin")}
      />
      <Select
        label={t("admin.models.padding")}
        name="padding"
        choices={{
          "": t("admin.models.asSet"),
          ...Object.fromEntries(PADDINGS.map((one) => [one, t(`admin.models.pad.${one}`)])),
        }}
        error={refused.of("padding")}
      />
    </FormDialog>
  );
}

function recipe(form: HTMLFormElement): BuildRequest {
  const model = fieldText(form, "model");
  const [share, margin] = [fieldText(form, "share"), fieldText(form, "margin")];
  const padding = PADDINGS.find((one) => one === fieldText(form, "padding"));
  return {
    ...(model !== "" && { model_version: model }),
    ...(share !== "" && { text_share: Number(share) / 100 }),
    ...(margin !== "" && { margin: Number(margin) / 100 }),
    ...(padding && { padding }),
  };
}
