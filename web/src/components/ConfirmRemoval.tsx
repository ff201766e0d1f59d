import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Confirm } from "./Dialog";
import { useToast } from "./toast";

interface Props {
  title: string;
  /** What the button that does it says. */
  confirm: string;
  /** Takes it away; throws why it could not. */
  remove: () => Promise<void>;
  /** Told once it is gone. */
  onRemoved: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before something is taken away for good, and does it; a refusal is said in a message. */
export function ConfirmRemoval({ title, confirm, remove, onRemoved, onClose, children }: Props) {
  const say = useToast();
  const removal = useMutation({
    mutationFn: remove,
    onSuccess: onRemoved,
    onError: (error) => say(error.message),
  });
  return (
    <Confirm
      open
      onClose={onClose}
      onConfirm={() => removal.mutate()}
      title={title}
      confirm={confirm}
      danger
      busy={removal.isPending}
    >
      {children}
    </Confirm>
  );
}
