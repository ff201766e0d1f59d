import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { WebhookRequest, Webhook, WebhookMade } from "@/api/types";
import { CheckSet } from "@/components/CheckSet";
import { Field } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";
import { useRefused } from "@/components/refused";

import { webhooksQuery } from "./queries";
import { EVENT_NAMES, EVENTS, eventsOf } from "./words";

interface Props {
  /** The webhook to change; none for a new one. */
  hook?: Webhook;
  onClose: () => void;
  /** Told of a new webhook, whose secret is known only now. */
  onMade?: (made: WebhookMade) => void;
}

/** Where to send, and which events: for a new webhook or one that is there. */
export default function HookForm({ hook, onClose, onMade }: Props) {
  const { t } = useTranslation();
  const [events, setEvents] = useState<string[]>(hook?.events ?? ["product.indexed"]);
  const [tried, setTried] = useState(false);
  const save = useSave(hook, (made) => (made ? onMade?.(made) : onClose()));
  const refused = useRefused(save.error, save.variables, ["url", "description", "events"]);
  const submit = (form: HTMLFormElement) => {
    setTried(true);
    if (events.length === 0) return;
    const text = (name: string) => fieldText(form, name);
    save.mutate({ url: text("url"), description: text("description"), events: eventsOf(events) });
  };
  return (
    <FormDialog
      title={hook ? t("admin.hooks.editTitle") : t("admin.hooks.add")}
      submit={hook ? t("common.save") : t("admin.hooks.create")}
      busy={save.isPending}
      error={refused.rest}
      onClose={onClose}
      onSubmit={submit}
    >
      <Field
        label={t("admin.hooks.url")}
        name="url"
        type="url"
        maxLength={2000}
        required
        defaultValue={hook?.url}
        hint={t("admin.hooks.urlHint")}
        error={refused.of("url")}
      />
      <Field
        label={t("admin.hooks.description")}
        name="description"
        maxLength={200}
        defaultValue={hook?.description}
        error={refused.of("description")}
      />
      <CheckSet
        label={t("admin.hooks.events")}
        choices={Object.fromEntries(
          EVENT_NAMES.map((name) => [name, t(`admin.hooks.event.${EVENTS[name]}`)]),
        )}
        chosen={events}
        onChange={setEvents}
        error={tried && events.length === 0 ? t("admin.hooks.eventsNeeded") : refused.of("events")}
      />
    </FormDialog>
  );
}

/** Writes a webhook; tells a new one, null for one that was there. */
function useSave(hook: Webhook | undefined, onSaved: (made: WebhookMade | null) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (body: WebhookRequest) => {
      if (hook === undefined) return held(await api.POST("/v1/webhooks", { body }));
      const path = { webhook_id: hook.id };
      await api.PATCH("/v1/webhooks/{webhook_id}", { params: { path }, body });
      return null;
    },
    onSuccess: async (made) => {
      await queryClient.invalidateQueries(webhooksQuery);
      onSaved(made);
    },
  });
}
