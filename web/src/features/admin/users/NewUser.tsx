import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import { ROLES } from "@/api/queries";
import type { UserRequest } from "@/api/types";
import { Field, Select } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";
import { useRefused } from "@/components/refused";
import { useToast } from "@/components/toast";

import { PasswordField } from "./PasswordField";
import { usersQuery } from "./queries";

/** Adds an account with a first password. */
export default function NewUser({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
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
  const refused = useRefused(add.error, add.variables, ["email", "name", "role", "password"]);
  const submit = (form: HTMLFormElement) => {
    const text = (name: string) => fieldText(form, name);
    add.mutate({ email: text("email"), name: text("name"), role, password: text("password") });
  };
  return (
    <FormDialog
      title={t("admin.users.add")}
      submit={t("admin.users.create")}
      busy={add.isPending}
      error={refused.rest}
      onClose={onClose}
      onSubmit={submit}
    >
      <Field
        label={t("admin.users.email")}
        name="email"
        type="email"
        autoComplete="off"
        required
        error={refused.of("email")}
      />
      <Field
        label={t("admin.users.name")}
        name="name"
        maxLength={200}
        autoComplete="off"
        error={refused.of("name")}
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
        error={refused.of("role")}
      />
      <PasswordField label={t("admin.users.password")} error={refused.of("password")} />
    </FormDialog>
  );
}
