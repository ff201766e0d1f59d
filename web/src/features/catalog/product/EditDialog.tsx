import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Product } from "@/api/types";
import { Confirm, Dialog } from "@/components/Dialog";
import { FormActions } from "@/components/FormDialog";

import { ProductForm } from "../shared/ProductForm";
import { ChangedMeanwhile } from "./ChangedMeanwhile";
import { useEdit } from "./useEdit";

/** Change what a product says of itself. Only what was changed is sent. */
export default function EditDialog({
  product,
  onClose,
}: {
  product: Product;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { draft, setDraft, save, onSave, meanwhile, changed } = useEdit(product, onClose);
  const [leaving, setLeaving] = useState(false);
  const leave = () => (changed ? setLeaving(true) : onClose());
  return (
    <>
      <Dialog
        open
        onClose={leave}
        look="side"
        title={t("catalog.editTitle")}
        actions={
          <FormActions
            form="edit-product"
            submit={t("common.save")}
            busy={save.isPending}
            onCancel={leave}
          />
        }
      >
        <ProductForm
          id="edit-product"
          draft={draft}
          onChange={setDraft}
          onSubmit={onSave}
          error={save.error}
          sent={save.variables}
        >
          {meanwhile.length > 0 && (
            <ChangedMeanwhile changes={meanwhile} draft={draft} onChange={setDraft} />
          )}
        </ProductForm>
      </Dialog>
      <Confirm
        open={leaving}
        onClose={() => setLeaving(false)}
        onConfirm={onClose}
        title={t("catalog.unsavedTitle")}
        confirm={t("catalog.discard")}
        danger
      >
        {t("catalog.unsavedText")}
      </Confirm>
    </>
  );
}
