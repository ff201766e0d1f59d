import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Fields, Product, ProductFields } from "@/api/types";
import { useFields } from "@/components/fields";
import { useToast } from "@/components/toast";

import { useRefresh } from "../shared/queries";
import { changesOf, draftOf, fieldsOf, isSame, type Draft } from "../shared/validate";
import { changeProduct } from "./actions";
import { changedMeanwhile, presentOf, withValue, type Meanwhile } from "./meanwhile";

/**
 * A product's form from its opening until it is saved. What somebody else saved meanwhile is never
 * overwritten unseen: it is put into the form, or told beside what the form says.
 */
export function useEdit(product: Product, onSaved: () => void) {
  const { t } = useTranslation();
  const say = useToast();
  const refresh = useRefresh();
  const declared = useFields();
  const [seen, setSeen] = useState(product);
  const [draft, setDraft] = useState(() => draftOf(product, declared));
  const [meanwhile, setMeanwhile] = useState<readonly Meanwhile[]>([]);
  const save = useMutation({
    mutationFn: (form: ProductFields) => saved(seen, form, declared),
    onSuccess: async (conflict) => {
      if (conflict) {
        setSeen(conflict.present);
        setMeanwhile(conflict.changes);
        setDraft(together(draft, conflict.changes));
      } else {
        say(t("common.saved"));
        onSaved();
      }
      await refresh();
    },
  });
  const onSave = () => save.mutate(fieldsOf(draft, declared));
  const changed = !isSame(draft, draftOf(seen, declared));
  return { draft, setDraft, save, onSave, meanwhile, changed };
}

interface Conflict {
  present: Product;
  changes: readonly Meanwhile[];
}

/** Save what the form changed of what was seen; or what others made of it meanwhile, unsaved. */
async function saved(
  seen: Product,
  form: ProductFields,
  declared: Fields,
): Promise<Conflict | null> {
  const fieldsIn = (product: Product) => fieldsOf(draftOf(product, declared), declared);
  const before = fieldsIn(seen);
  const sent = changesOf(before, form);
  if (Object.keys(sent).length === 0) return null;
  try {
    await changeProduct(seen.id, sent, seen.version);
    return null;
  } catch (error) {
    const present = presentOf(error);
    if (present === null) throw error;
    const changes = changedMeanwhile(before, fieldsIn(present), form);
    // Photos, say: nothing that this form could overwrite.
    return changes.length === 0 ? saved(present, form, declared) : { present, changes };
  }
}

/** The form with what others changed and it did not. */
function together(draft: Draft, changes: readonly Meanwhile[]): Draft {
  return changes
    .filter(({ clashes }) => !clashes)
    .reduce((made, { field, theirs }) => withValue(made, field, theirs), draft);
}
