import { lazy, Suspense, useSyncExternalStore, type ReactNode } from "react";

// Code that most visits do without; what is said before it is here waits for it.
const ToastPlace = lazy(() => import("./ToastPlace"));

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

/** Short messages beside whatever the page shows. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const needed = useSyncExternalStore(listen, () => wanted);
  return (
    <>
      {children}
      <Suspense>{needed && <ToastPlace />}</Suspense>
    </>
  );
}

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

function listen(listener: () => void): () => void {
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
