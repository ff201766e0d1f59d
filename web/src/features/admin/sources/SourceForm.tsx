import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import type { Source } from "@/api/types";
import { Field, Select } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";
import { useRefused, type Refused } from "@/components/refused";

import { sourcesQuery } from "./queries";
import { READ_AS, ReadingFields } from "./ReadingFields";
import { sentOf, type Typed } from "./words";

interface Props {
  /** The source to change; none for a new one. */
  source?: Source;
  onClose: () => void;
}

const FIELDS = ["name", "url", "folder", "credentials", "every_minutes", "hides", ...READ_AS];
const EVERY = ["0", "15", "60", "360", "1440"] as const;

/** Where to pull from, how to sign in there, and how often. */
export default function SourceForm({ source, onClose }: Props) {
  const { t } = useTranslation();
  const save = useSave(source, onClose);
  const refused = useRefused(save.error, save.variables && sentOf(save.variables), FIELDS);
  const every = String(source?.every_minutes ?? 60);
  const choices = [...new Set([...EVERY, every])].map((each) => [each, spoken(each, t)] as const);
  return (
    <FormDialog
      title={source ? t("admin.sources.editTitle") : t("admin.sources.add")}
      submit={t("common.save")}
      busy={save.isPending}
      error={refused.rest}
      onClose={onClose}
      onSubmit={(form) => save.mutate(typedIn(form))}
    >
      <Field
        label={t("admin.sources.name")}
        name="name"
        maxLength={200}
        required
        defaultValue={source?.name}
        error={refused.of("name")}
      />
      <Place source={source} refused={refused} />
      <Select
        label={t("admin.sources.every")}
        name="every"
        defaultValue={every}
        choices={Object.fromEntries(choices)}
        error={refused.of("every_minutes")}
      />
      <Field
        label={t("admin.sources.share")}
        name="share"
        type="number"
        min={0}
        max={100}
        required
        defaultValue={Math.round((source?.hides ?? 0.2) * 100)}
        hint={t("admin.sources.shareHint")}
        error={refused.of("hides")}
      />
      <ReadingFields reading={source?.reading} refused={refused} />
    </FormDialog>
  );
}

interface PlaceProps {
  source: Source | undefined;
  refused: Refused;
}

/** Where it is, and how to sign in there; what is kept of that is not shown. */
function Place({ source, refused }: PlaceProps) {
  const { t } = useTranslation();
  return (
    <>
      <Field
        label={t("admin.sources.place")}
        name="place"
        maxLength={2000}
        required={source === undefined}
        placeholder={source && (source.url || source.folder)}
        hint={t(source ? "admin.sources.placeKept" : "admin.sources.placeHint")}
        error={refused.of("url") ?? refused.of("folder")}
      />
      <Field
        label={t("admin.sources.username")}
        name="username"
        maxLength={200}
        autoComplete="off"
        hint={t("admin.sources.usernameHint")}
      />
      <Field
        label={t("admin.sources.password")}
        name="password"
        type="password"
        maxLength={2000}
        autoComplete="new-password"
        hint={t(source?.secret ? "admin.sources.passwordKept" : "admin.sources.passwordHint")}
        error={refused.of("credentials")}
      />
    </>
  );
}

function typedIn(form: HTMLFormElement): Typed {
  const text = (name: string) => fieldText(form, name);
  return {
    ...{ name: text("name"), place: text("place"), every: text("every"), share: text("share") },
    ...{ username: text("username"), password: text("password") },
    ...{ format: text("format"), columns: text("columns"), currency: text("currency") },
    ...{ country: text("country"), encoding: text("encoding") },
  };
}

function spoken(minutes: string, t: TFunction): string {
  if (minutes === "0") return t("admin.sources.everyHand");
  return Number(minutes) < 60
    ? t("admin.sources.everyMinutes", { shown: minutes })
    : t("admin.sources.everyHours", { shown: Number(minutes) / 60 });
}

function useSave(source: Source | undefined, onSaved: () => void) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (typed: Typed) => {
      const body = sentOf(typed);
      if (body === null) throw new Error(t("admin.sources.columnsWrong"));
      if (source === undefined) {
        await api.POST("/v1/sources", { body });
        return;
      }
      const params = { path: { source_id: source.id } };
      await api.PATCH("/v1/sources/{source_id}", { params, body });
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries(sourcesQuery);
      onSaved();
    },
  });
}
