import { useTranslation } from "react-i18next";

import { CheckSet } from "./CheckSet";

interface Props {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Asks what a new password ends. */
export function Ends({ chosen, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <CheckSet
      label={t("account.ends")}
      choices={{ end_sign_ins: t("account.endSignIns"), end_keys: t("account.endKeys") }}
      chosen={chosen}
      onChange={onChange}
    />
  );
}
