import { lazy, Suspense, useSyncExternalStore, type ReactNode } from "react";

import { isWanted, onSaid } from "./toast";

// Code that most visits do without; what is said before it is here waits for it.
const ToastPlace = lazy(() => import("./ToastPlace"));

/** Shows what is said by `useToast`. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const needed = useSyncExternalStore(onSaid, isWanted);
  return (
    <>
      {children}
      <Suspense>{needed && <ToastPlace />}</Suspense>
    </>
  );
}
