/** Short messages: said anywhere, shown beside whatever the page shows. */

interface Action {
  label: string;
  onClick: () => void;
}

export interface Message {
  text: string;
  action?: Action | undefined;
}

type Show = (message: Message) => void;

let show: Show | null = null;
let waiting: Message[] = [];
let wanted = false;
const listeners = new Set<() => void>();

/** Say something: `say("Deleted.", { label: "Undo", onClick })`. */
export function useToast(): (text: string, action?: Action) => void {
  return say;
}

function say(text: string, action?: Action): void {
  wanted = true;
  if (show === null) waiting.push({ text, action });
  else show({ text, action });
  for (const listener of listeners) listener();
}

/** Whether anything was ever said. */
export function isWanted(): boolean {
  return wanted;
}

/** Call `listener` whenever something is said, until the function that is returned is called. */
export function onSaid(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Have messages shown by `by` until the function that is returned is called. */
export function showBy(by: Show): () => void {
  show = by;
  for (const message of waiting) by(message);
  waiting = [];
  return () => {
    show = null;
  };
}
