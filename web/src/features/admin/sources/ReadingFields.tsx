import { useTranslation } from "react-i18next";

import { FORMATS } from "@/api/formats";
import type { Source } from "@/api/types";
import { Area, Field, Select } from "@/components/Field";

import { linesOf } from "./words";

interface Props {
  /** How the source is read at present; none for a new one. */
  reading: Source["reading"] | undefined;
  /** What the server said of each field. */
  fields: Readonly<Record<string, string>>;
}

/** How the file is read, where it does not say so itself. */
export function ReadingFields({ reading, fields }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t("admin.sources.format")}
        name="format"
        defaultValue={reading?.format ?? "auto"}
        choices={{ ...FORMATS, auto: t("admin.sources.formatAuto") }}
        error={fields.format ?? fields["reading.format"]}
      />
      <Area
        label={t("admin.sources.columns")}
        name="columns"
        rows={3}
        defaultValue={linesOf(reading?.columns ?? {})}
        hint={t("admin.sources.columnsHint")}
        error={fields["reading.columns"]}
      />
      <Field
        label={t("admin.sources.currency")}
        name="currency"
        maxLength={3}
        pattern="[A-Z]{3}"
        defaultValue={reading?.currency}
        hint={t("admin.sources.currencyHint")}
        error={fields["reading.currency"]}
      />
      <Field
        label={t("admin.sources.country")}
        name="country"
        maxLength={2}
        pattern="[A-Z]{2}"
        defaultValue={reading?.country}
        hint={t("admin.sources.countryHint")}
        error={fields["reading.country"]}
      />
      <Field
        label={t("admin.sources.encoding")}
        name="encoding"
        maxLength={40}
        defaultValue={reading?.encoding}
        hint={t("admin.sources.encodingHint")}
        error={fields["reading.encoding"]}
      />
    </>
  );
}
