import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Product, ProductChange } from "@/api/types";
import { Confirm, Dialog } from "@/components/Dialog";
import { useFields } from "@/components/fields";
import { FormActions } from "@/components/FormDialog";
import { useToast } from "@/components/toast";

import { ProductForm } from "../shared/ProductForm";
import { useRefresh } from "../shared/queries";
import { changesOf, draftOf, fieldsOf } from "../shared/validate";
import { changeProduct } from "./actions";

/** Change what a product says of itself. Only what was changed is sent. */
export default function EditDialog({
  product,
  onClose,
}: {
  product: Product;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const declared = useFields();
  const [before] = useState(() => draftOf(product, declared));
  const [draft, setDraft] = useState(before);
  const [leaving, setLeaving] = useState(false);
  const save = useSave(product.id, onClose);
  const leave = () => (draft === before ? onClose() : setLeaving(true));
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
          onSubmit={() =>
            save.mutate(changesOf(fieldsOf(before, declared), fieldsOf(draft, declared)))
          }
          error={save.error}
        />
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

function useSave(productId: string, onSaved: () => void) {
  const { t } = useTranslation();
  const say = useToast();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async (changes: ProductChange) => {
      if (Object.keys(changes).length > 0) await changeProduct(productId, changes);
    },
    onSuccess: async () => {
      say(t("common.saved"));
      onSaved();
      await refresh();
    },
  });
}
