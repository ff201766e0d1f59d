import { Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "./Button";
import styles from "./Secret.module.css";

/** Something to be copied and put elsewhere, such as a key that is shown only once. */
export function Secret({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  const [told, setTold] = useState("");
  const copy = () => {
    // Over plain HTTP a browser has no clipboard for pages, whatever its types say.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    const done = clipboard ? clipboard.writeText(value) : Promise.reject(new Error("none"));
    done.then(
      () => setTold(t("common.copied")),
      () => setTold(t("common.copyFailed")),
    );
  };
  return (
    <div>
      <div className={styles.secret}>
        <input
          className={styles.value}
          aria-label={label}
          value={value}
          readOnly
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button icon={<Copy size={16} aria-hidden />} onClick={copy}>
          {t("common.copy")}
        </Button>
      </div>
      <p role="status" className={styles.told}>
        {told}
      </p>
    </div>
  );
}
