import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Switch } from "@/components/Switch";

import { Key } from "./Key";
import { actsOf, isFree, keyName, type Act, type Screen } from "./keys";
import styles from "./KeysDialog.module.css";
import { useKeys } from "./useKeys";
import { useActName } from "./words";

interface Props<On extends Screen> {
  screen: On;
  /** What keys do that cannot be changed, each with its name. */
  fixed: readonly (readonly [keys: string, does: string])[];
  onClose: () => void;
}

/** All keys of a screen, and how to have others. */
export function KeysDialog<On extends Screen>({ screen, fixed, onClose }: Props<On>) {
  const { t } = useTranslation();
  const { keys, isOn, setOn, setKey, reset } = useKeys(screen);
  const [asked, setAsked] = useState<Act<On> | null>(null);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("review.keys.title")}
      actions={
        <>
          <Button onClick={reset}>{t("review.keys.reset")}</Button>
          <Button look="primary" onClick={onClose}>
            {t("common.done")}
          </Button>
        </>
      }
    >
      <p className={styles.lead}>{t("review.keys.lead")}</p>
      <Switch label={t("review.keys.on")} checked={isOn} onChange={setOn} />
      <ul className={styles.keys}>
        {actsOf(keys).map((act) => (
          <Row
            key={act}
            act={act}
            bound={keys[act]}
            isAsked={asked === act}
            onAsk={setAsked}
            onKey={setKey}
          />
        ))}
        {fixed.map(([pressed, does]) => (
          <li key={pressed} className={styles.row}>
            <span>{does}</span>
            <span className={styles.bound}>
              <Key name={pressed} always />
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

interface RowProps<On extends Screen> {
  act: Act<On>;
  bound: string;
  /** Whether the next key that is pressed becomes this act's. */
  isAsked: boolean;
  onAsk: (act: Act<On> | null) => void;
  onKey: (act: Act<On>, key: string) => void;
}

function Row<On extends Screen>({ act, bound, isAsked, onAsk, onKey }: RowProps<On>) {
  const { t } = useTranslation();
  const name = useActName()(act);
  return (
    <li className={styles.row}>
      <span>{name}</span>
      <button
        type="button"
        className={styles.bound}
        aria-pressed={isAsked}
        onClick={() => onAsk(isAsked ? null : act)}
        onBlur={() => isAsked && onAsk(null)}
        onKeyDown={(event) => {
          if (!isAsked || event.key === "Tab") return;
          event.preventDefault();
          event.stopPropagation();
          const key = keyName(event.nativeEvent);
          if (isFree(key)) onKey(act, key);
          if (isFree(key) || key === "Escape") onAsk(null);
        }}
        onKeyUp={(event) => event.key === " " && event.preventDefault()}
      >
        <span className="hidden-text">{name}: </span>
        {isAsked ? t("review.keys.press") : <Key name={bound} always />}
        <span className="hidden-text"> {t("review.keys.change")}</span>
      </button>
    </li>
  );
}
