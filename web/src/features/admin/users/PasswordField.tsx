import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";
import { Field } from "@/components/Field";

import styles from "./Users.module.css";
import { madeUp } from "./password";

const SHORTEST = 12;

/** A password for somebody else: seen while it is typed, or made up. */
export function PasswordField({ label, error }: { label: string; error?: string | undefined }) {
  const { t } = useTranslation();
  const [value, setValue] = useState("");
  return (
    <div className={styles.password}>
      <Field
        label={label}
        name="password"
        autoComplete="off"
        spellCheck={false}
        minLength={SHORTEST}
        required
        value={value}
        onValueChange={setValue}
        hint={t("admin.users.passwordHint")}
        error={error}
      />
      <Button onClick={() => setValue(madeUp())}>{t("admin.users.generate")}</Button>
    </div>
  );
}
