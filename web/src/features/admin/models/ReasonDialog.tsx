import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Area } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";

import styles from "./Models.module.css";

interface Props {
  title: string;
  text: string;
  submit: string;
  busy: boolean;
  error: Error | null;
  /** Whether nothing is done without a reason; else none is asked for. */
  needsReason: boolean;
  /** How many products lack, which one must say is well; 0 for none. */
  lacking?: number;
  onClose: () => void;
  onGiven: (reason: string) => void;
}

/** Asks before something that people will notice, and why where a gate was against it. */
export function ReasonDialog({ title, text, needsReason, lacking = 0, ...rest }: Props) {
  const { t } = useTranslation();
  const [missing, setMissing] = useState<string>();
  return (
    <FormDialog
      title={title}
      submit={rest.submit}
      busy={rest.busy}
      error={rest.error}
      checksItself={needsReason && lacking === 0}
      onClose={rest.onClose}
      onSubmit={(form) => {
        const reason = fieldText(form, "reason").trim();
        if (needsReason && reason === "") setMissing(t("admin.models.reasonNeeded"));
        else rest.onGiven(reason);
      }}
    >
      <p>{text}</p>
      {needsReason && (
        <Area
          label={t("admin.models.reason")}
          name="reason"
          rows={3}
          maxLength={1000}
          data-takes-focus
          hint={t("admin.models.reasonHint")}
          error={missing}
        />
      )}
      {lacking > 0 && (
        <label className={styles.check}>
          <input type="checkbox" name="missing" required />
          {t("admin.models.mayLack", { count: lacking })}
        </label>
      )}
    </FormDialog>
  );
}
