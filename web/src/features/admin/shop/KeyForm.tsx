import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import { Problem } from "@/api/problem";
import type { PublishableKey, PublishableKeyRequest } from "@/api/types";
import { Area, Field } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";

import { shopKeysQuery } from "./queries";
import { dayOf, endOf, filtersOf, filtersText, lines, reasonOf } from "./written";

interface Props {
  /** The key to change; none for a new one. */
  shopKey?: PublishableKey;
  onClose: () => void;
  /** Told the key as it is now. */
  onSaved: (saved: PublishableKey) => void;
}

/** Which pages may use a key, what it offers them, and how often they may ask. */
export default function KeyForm({ shopKey, onClose, onSaved }: Props) {
  const { t } = useTranslation();
  const [unread, setUnread] = useState(false);
  const save = useSave(shopKey, onSaved);
  const fields = save.error instanceof Problem ? save.error.fields : {};
  const submit = (form: HTMLFormElement) => {
    const text = (name: string) => fieldText(form, name);
    const filters = filtersOf(text("filters"));
    setUnread(filters === null);
    if (filters === null) return;
    save.mutate({
      name: text("name"),
      origins: lines(text("origins")),
      filters,
      facets: lines(text("facets")),
      expires_at: endOf(text("expires_at")),
      ...(text("per_visitor") && { per_visitor: Number(text("per_visitor")) }),
      ...(text("per_minute") && { per_minute: Number(text("per_minute")) }),
    });
  };
  return (
    <FormDialog
      title={shopKey ? t("admin.shop.editTitle") : t("admin.shop.add")}
      submit={shopKey ? t("common.save") : t("admin.shop.create")}
      busy={save.isPending}
      error={Object.keys(fields).length > 0 ? null : save.error}
      onClose={onClose}
      onSubmit={submit}
    >
      <Field
        label={t("admin.shop.name")}
        name="name"
        maxLength={200}
        required
        defaultValue={shopKey?.name}
        error={fields.name}
      />
      <Offer shopKey={shopKey} fields={fields} unread={unread} />
      <Rates shopKey={shopKey} fields={fields} />
      <Field
        label={t("admin.shop.expires")}
        name="expires_at"
        type="date"
        defaultValue={shopKey && dayOf(shopKey.expires_at)}
        error={fields.expires_at}
      />
    </FormDialog>
  );
}

interface PartProps {
  shopKey: PublishableKey | undefined;
  fields: Readonly<Record<string, string>>;
}

function Offer({ shopKey, fields, unread }: PartProps & { unread: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <Area
        label={t("admin.shop.origins")}
        name="origins"
        defaultValue={shopKey?.origins.join("\n")}
        hint={t("admin.shop.originsHint")}
        error={reasonOf(fields, "origins")}
      />
      <Area
        label={t("admin.shop.filters")}
        name="filters"
        spellCheck={false}
        defaultValue={shopKey && filtersText(shopKey.filters)}
        hint={t("admin.shop.filtersHint", { example: '{"availability": ["in_stock"]}' })}
        error={unread ? t("admin.shop.filtersUnread") : reasonOf(fields, "filters")}
      />
      <Area
        label={t("admin.shop.facets")}
        name="facets"
        spellCheck={false}
        defaultValue={shopKey?.facets.join("\n")}
        hint={t("admin.shop.facetsHint")}
        error={reasonOf(fields, "facets")}
      />
    </>
  );
}

function Rates({ shopKey, fields }: PartProps) {
  const { t } = useTranslation();
  const rate = { type: "number", min: 1, max: 1_000_000, step: 1, required: shopKey !== undefined };
  return (
    <>
      <Field
        label={t("admin.shop.perVisitor")}
        name="per_visitor"
        {...rate}
        defaultValue={shopKey?.per_visitor}
        hint={shopKey ? undefined : t("admin.shop.rateHint")}
        error={fields.per_visitor}
      />
      <Field
        label={t("admin.shop.perMinute")}
        name="per_minute"
        {...rate}
        defaultValue={shopKey?.per_minute}
        error={fields.per_minute}
      />
    </>
  );
}

function useSave(shopKey: PublishableKey | undefined, onSaved: (saved: PublishableKey) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (body: PublishableKeyRequest) => {
      if (shopKey === undefined) return held(await api.POST("/v1/publishable-keys", { body }));
      const path = { publishable_key_id: shopKey.id };
      return held(
        await api.PATCH("/v1/publishable-keys/{publishable_key_id}", { params: { path }, body }),
      );
    },
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries(shopKeysQuery);
      onSaved(saved);
    },
  });
}
