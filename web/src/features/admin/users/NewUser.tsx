import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import { Problem } from "@/api/problem";
import type { UserRequest } from "@/api/types";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field, Select } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FailureLine } from "@/components/Notice";
import { useToast } from "@/components/Toasts";

import { PasswordField } from "./PasswordField";
import { usersQuery } from "../queries";
import styles from "./Users.module.css";
import { ROLES } from "../words";

/** Adds an account with a first password. */
export default function NewUser({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const formId = useId();
  const queryClient = useQueryClient();
  const [role, setRole] = useState<UserRequest["role"]>("editor");
  const add = useMutation({
    mutationFn: async (body: UserRequest) => held(await api.POST("/v1/users", { body })),
    onSuccess: async ({ email }) => {
      say(t("admin.users.created", { email }));
      onClose();
      await queryClient.invalidateQueries(usersQuery);
    },
  });
  const fields = add.error instanceof Problem ? add.error.fields : {};
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = (name: string) => fieldText(event.currentTarget, name);
    add.mutate({ email: text("email"), name: text("name"), role, password: text("password") });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("admin.users.add")}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form={formId} look="primary" busy={add.isPending}>
            {t("admin.users.create")}
          </Button>
        </>
      }
    >
      <form id={formId} className={styles.fields} onSubmit={submit}>
        <Field
          label={t("admin.users.email")}
          name="email"
          type="email"
          autoComplete="off"
          required
          error={fields.email}
        />
        <Field
          label={t("admin.users.name")}
          name="name"
          maxLength={200}
          autoComplete="off"
          error={fields.name}
        />
        <Select
          label={t("admin.users.role")}
          value={role}
          onChange={(event) => {
            const next = ROLES.find((each) => each === event.target.value);
            if (next) setRole(next);
          }}
          choices={Object.fromEntries(ROLES.map((each) => [each, t(`account.roles.${each}`)]))}
          hint={t(`account.roleText.${role}`)}
          error={fields.role}
        />
        <PasswordField label={t("admin.users.password")} error={fields.password} />
        <FailureLine error={Object.keys(fields).length > 0 ? null : add.error} />
      </form>
    </Dialog>
  );
}
