import { useTranslation } from "react-i18next";

import { isOf, refusalsOf } from "@/api/refusals";

/** What a server says of a form that it does not take. */
export interface Refused {
  /** What is wrong with a field: the value that was sent, and the reason. */
  readonly of: (name: string) => string | undefined;
  /** The error, unless fields of the form say all of it. */
  readonly rest: Error | null;
}

/**
 * Why a form was not taken. `names` are the fields that the form shows reasons at, as the server
 * calls them; `sent` is what it was sent.
 */
export function useRefused(error: Error | null, sent: unknown, names: readonly string[]): Refused {
  const { t } = useTranslation();
  const of = (name: string) => {
    const told = refusalsOf(error, name, sent).map(({ reason, value }) =>
      value === "" ? reason : t("common.refused", { value, reason }),
    );
    return told.length === 0 ? undefined : told.join("; ");
  };
  return { of, rest: isOf(error, names) ? null : error };
}
