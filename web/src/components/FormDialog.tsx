import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "./Button";
import { Dialog } from "./Dialog";
import styles from "./FormDialog.module.css";
import { FailureLine } from "./Notice";

interface Props {
  title: string;
  /** What the button that sends the form says. */
  submit: string;
  busy: boolean;
  /** Whether there is nothing to send yet. */
  disabled?: boolean;
  /** Another way to end it, beside the two that every form has. */
  other?: ReactNode;
  /** Why it was not taken, as far as no field says so. */
  error?: Error | null;
  /** Whether the form checks its fields itself, in place of the browser. */
  checksItself?: boolean;
  onClose: () => void;
  onSubmit: (form: HTMLFormElement) => void;
  children: ReactNode;
}

/** A dialog that asks for something: fields, a button that sends them and one that does not. */
export function FormDialog({ title, onClose, onSubmit, children, ...rest }: Props) {
  const id = useId();
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      actions={
        <>
          {rest.other}
          <FormActions
            form={id}
            submit={rest.submit}
            busy={rest.busy}
            disabled={rest.disabled}
            onCancel={onClose}
          />
        </>
      }
    >
      <form
        id={id}
        className={styles.fields}
        noValidate={rest.checksItself ?? false}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit(event.currentTarget);
        }}
      >
        {children}
        <FailureLine error={rest.error} />
      </form>
    </Dialog>
  );
}

interface ActionsProps {
  /** The id of the form that is sent. */
  form: string;
  submit: string;
  busy: boolean;
  disabled?: boolean | undefined;
  onCancel: () => void;
}

/** The two ways out of a dialog with a form. */
export function FormActions({ form, submit, busy, disabled = false, onCancel }: ActionsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Button onClick={onCancel}>{t("common.cancel")}</Button>
      <Button type="submit" form={form} look="primary" busy={busy} disabled={disabled}>
        {submit}
      </Button>
    </>
  );
}
