import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { PublishableKey, PublishableKeyRequest } from "@/api/types";
import { Area, Field } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";
import { useRefused, type Refused } from "@/components/refused";

import { shopKeysQuery } from "./queries";
import { dayOf, endOf, filtersOf, filtersText, lines } from "./written";

const FIELDS = ["name", "origins", "filters", "facets", "expires_at", "per_visitor", "per_minute"];

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
  const refused = useRefused(save.error, save.variables, FIELDS);
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
      error={refused.rest}
      onClose={onClose}
      onSubmit={submit}
    >
      <Field
        label={t("admin.shop.name")}
        name="name"
        maxLength={200}
        required
        defaultValue={shopKey?.name}
        error={refused.of("name")}
      />
      <Offer shopKey={shopKey} refused={refused} unread={unread} />
      <Rates shopKey={shopKey} refused={refused} />
      <Field
        label={t("admin.shop.expires")}
        name="expires_at"
        type="date"
        defaultValue={shopKey && dayOf(shopKey.expires_at)}
        error={refused.of("expires_at")}
      />
    </FormDialog>
  );
}

interface PartProps {
  shopKey: PublishableKey | undefined;
  refused: Refused;
}

function Offer({ shopKey, refused, unread }: PartProps & { unread: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <Area
        label={t("admin.shop.origins")}
        name="origins"
        defaultValue={shopKey?.origins.join("\n")}
        hint={t("admin.shop.originsHint")}
        error={refused.of("origins")}
      />
      <Area
        label={t("admin.shop.filters")}
        name="filters"
        spellCheck={false}
        defaultValue={shopKey && filtersText(shopKey.filters)}
        hint={t("admin.shop.filtersHint", { example: '{"availability": ["in_stock"]}' })}
        error={unread ? t("admin.shop.filtersUnread") : refused.of("filters")}
      />
      <Area
        label={t("admin.shop.facets")}
        name="facets"
        spellCheck={false}
        defaultValue={shopKey?.facets.join("\n")}
        hint={t("admin.shop.facetsHint")}
        error={refused.of("facets")}
      />
    </>
  );
}

function Rates({ shopKey, refused }: PartProps) {
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
        error={refused.of("per_visitor")}
      />
      <Field
        label={t("admin.shop.perMinute")}
        name="per_minute"
        {...rate}
        defaultValue={shopKey?.per_minute}
        error={refused.of("per_minute")}
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
