import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { SavedView } from "@/api/types";
import { Field } from "@/components/Field";
import { FormDialog } from "@/components/FormDialog";
import { useRefused } from "@/components/refused";
import { useToast } from "@/components/toast";

import type { CatalogueParams } from "./params";
import { saveView, viewsQuery } from "./queries";
import { kept } from "./views";

interface Props {
  params: CatalogueParams;
  saved: readonly SavedView[];
  onClose: () => void;
}

const LONGEST_NAME = 80;

/** A name for what is shown; one that is taken is replaced, and the reader is told before. */
export default function SaveDialog({ params, saved, onClose }: Props) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const wanted = name.trim();
  const taken = saved.find((view) => view.name === wanted);
  const save = useMutation({
    mutationFn: () => saveView(wanted, kept(params), taken?.id),
    onSuccess: async (view) => {
      await queryClient.invalidateQueries({ queryKey: viewsQuery.queryKey });
      say(t("catalog.views.saved", { name: view.name }));
      onClose();
    },
  });
  const refused = useRefused(save.error, { name: wanted }, ["name"]);
  return (
    <FormDialog
      title={t("catalog.views.saveTitle")}
      submit={t("common.save")}
      busy={save.isPending}
      error={refused.rest}
      onClose={onClose}
      onSubmit={() => save.mutate()}
    >
      <Field
        label={t("catalog.views.name")}
        hint={taken ? t("catalog.views.replaces") : t("catalog.views.nameHint")}
        value={name}
        error={refused.of("name")}
        required
        maxLength={LONGEST_NAME}
        autoComplete="off"
        onChange={({ target }) => setName(target.value)}
      />
    </FormDialog>
  );
}
