import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Field } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";

interface Props {
  about: "flag" | "sendBack";
  onComment: (comment: string) => void;
  onClose: () => void;
}

/** Asks what is to be said with a flag, which may be nothing, or with an item that goes back. */
export function CommentDialog({ about, onComment, onClose }: Props) {
  const { t } = useTranslation();
  const [error, setError] = useState<string>();
  return (
    <FormDialog
      title={t(`review.comment.${about}`)}
      submit={t(`review.act.${about}`)}
      busy={false}
      checksItself
      onClose={onClose}
      onSubmit={(form) => {
        const comment = fieldText(form, "comment").trim();
        if (comment === "" && about === "sendBack") setError(t("review.comment.needed"));
        else onComment(comment);
      }}
    >
      <Field
        label={t("review.comment.label")}
        name="comment"
        data-takes-focus
        maxLength={1000}
        autoComplete="off"
        hint={t(`review.comment.${about}Hint`)}
        error={error}
      />
    </FormDialog>
  );
}
