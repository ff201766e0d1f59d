import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/Dialog";
import { reasonName } from "@/components/cropWords";

import { Key } from "../shared/Key";
import { digitOf } from "../shared/keys";
import styles from "./ReasonDialog.module.css";

/** Why a person may reject a box; the last is for whatever else. */
const REASONS = [
  "no_garment",
  "cut_off",
  "blurred",
  "duplicate",
  "too_small",
  "by_person",
] as const;

interface Props {
  onReason: (reason: string) => void;
  onClose: () => void;
}

/** Asks why a box is rejected; a digit is enough. */
export function ReasonDialog({ onReason, onClose }: Props) {
  const { t } = useTranslation();
  const told = useRef(onReason);
  useEffect(() => {
    told.current = onReason;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const chosen = REASONS[(digitOf(event) ?? 0) - 1];
      if (chosen) told.current(chosen);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  return (
    <Dialog open onClose={onClose} title={t("review.desk.whyRejected")}>
      <ul className={styles.reasons}>
        {REASONS.map((reason, at) => (
          <li key={reason}>
            <button type="button" className={styles.reason} onClick={() => onReason(reason)}>
              <Key name={String(at + 1)} />
              {reason === "by_person" ? t("review.desk.otherReason") : reasonName(t, reason)}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
