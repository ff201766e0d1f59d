import { useTranslation } from "react-i18next";

import { FORMATS } from "@/api/formats";
import type { Source } from "@/api/types";
import { Area, Field, Select } from "@/components/Field";
import type { Refused } from "@/components/refused";

import { linesOf } from "./words";

/** What the server calls these fields. */
export const READ_AS = ["format", "reading"];

interface Props {
  /** How the source is read at present; none for a new one. */
  reading: Source["reading"] | undefined;
  refused: Refused;
}

/** How the file is read, where it does not say so itself. */
export function ReadingFields({ reading, refused }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t("admin.sources.format")}
        name="format"
        defaultValue={reading?.format ?? "auto"}
        choices={{ ...FORMATS, auto: t("admin.sources.formatAuto") }}
        error={refused.of("format") ?? refused.of("reading.format")}
      />
      <Area
        label={t("admin.sources.columns")}
        name="columns"
        rows={3}
        defaultValue={linesOf(reading?.columns ?? {})}
        hint={t("admin.sources.columnsHint")}
        error={refused.of("reading.columns")}
      />
      <Field
        label={t("admin.sources.currency")}
        name="currency"
        maxLength={3}
        pattern="[A-Z]{3}"
        defaultValue={reading?.currency}
        hint={t("admin.sources.currencyHint")}
        error={refused.of("reading.currency")}
      />
      <Field
        label={t("admin.sources.country")}
        name="country"
        maxLength={2}
        pattern="[A-Z]{2}"
        defaultValue={reading?.country}
        hint={t("admin.sources.countryHint")}
        error={refused.of("reading.country")}
      />
      <Field
        label={t("admin.sources.encoding")}
        name="encoding"
        maxLength={40}
        defaultValue={reading?.encoding}
        hint={t("admin.sources.encodingHint")}
        error={refused.of("reading.encoding")}
      />
    </>
  );
}
