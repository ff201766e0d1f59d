import type { ReviewOutcome } from "@/api/types";

import type { Verbs } from "./ActionBar";
import { changesOf, steppedBack } from "./draft";
import type { useQueue } from "./useQueue";
import { useSeconds } from "./useSeconds";

/** What the desk asks before it goes on. */
export type Dialogue = "flag" | "sendBack" | "help";

/** What a reviewer says of the item that is seen. */
export function useVerbs(
  desk: ReturnType<typeof useQueue>,
  open: (dialogue: Dialogue) => void,
): { verbs: Verbs; answer: (outcome: ReviewOutcome, comment?: string) => void } {
  const first = desk.queue.held[0];
  const spent = useSeconds(first?.item.id);
  const answer = (outcome: ReviewOutcome, comment?: string) => {
    desk.send(outcome, spent(), comment === "" ? undefined : comment);
  };
  const verbs: Verbs = {
    accept: () => {
      if (first) answer(changesOf(first.item, first.edits.draft) ? "correct" : "accept");
    },
    reject: () => answer("reject"),
    skip: () => answer("skip"),
    flag: () => first && open("flag"),
    sendBack: () => first && open("sendBack"),
    // First what was done to this item, then the answer before it.
    undo: () => {
      const back = first && steppedBack(first.edits);
      if (back) desk.edit(back);
      else void desk.takeBack();
    },
    help: () => open("help"),
  };
  return { verbs, answer };
}
