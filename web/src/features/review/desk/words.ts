import { useTranslation } from "react-i18next";

import { reasonName } from "@/components/cropWords";
import { kindName } from "@/components/kindWords";

import type { DraftBox } from "./draft";

/** What a box is, in words: its kind, whether it is kept and why not, whether it is the primary. */
export function useBoxName(primary: string | null): (box: DraftBox) => string {
  const { t } = useTranslation();
  return ({ key, kind, verdict, reason }) => {
    const name = kindName(t, kind);
    if (key === primary) return t("review.desk.primaryBox", { kind: name });
    if (verdict === "kept") return t("review.desk.keptBox", { kind: name });
    if (reason === null) return t("review.desk.rejectedBox", { kind: name });
    return t("review.desk.rejectedFor", { kind: name, reason: reasonName(t, reason) });
  };
}

/** Words that hold what was typed, those that begin with it first. */
export function fitting<Word extends { name: string }>(
  words: readonly Word[],
  typed: string,
): readonly Word[] {
  const wanted = typed.trim().toLocaleLowerCase();
  if (wanted === "") return words;
  const placed = words.map((word) => ({ word, at: word.name.toLocaleLowerCase().indexOf(wanted) }));
  const held = placed.filter(({ at }) => at !== -1);
  return [...held.filter(({ at }) => at === 0), ...held.filter(({ at }) => at > 0)].map(
    ({ word }) => word,
  );
}
