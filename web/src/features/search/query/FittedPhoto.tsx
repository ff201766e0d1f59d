import { ImageOff } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { BoxedPhoto } from "@/components/BoxedPhoto";

import type { Size } from "@/components/boxes";
import styles from "./Panels.module.css";

interface Props {
  src: string;
  size: Size | null;
  children: ReactNode;
}

/** A photo as large as it can be in its frame, whose own size never changes. */
export function FittedPhoto({ src, size, children }: Props) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState("");
  if (broken === src) return <ImageOff size={32} aria-hidden className={styles.broken} />;
  if (!size) {
    return (
      <img
        src={src}
        alt={t("search.yourPhoto")}
        className={styles.unmeasured}
        onError={() => setBroken(src)}
      />
    );
  }
  const { width, height } = size;
  return (
    <div style={{ width: `min(100cqw, calc(100cqh * ${width / height}))` }}>
      <BoxedPhoto src={src} alt={t("search.yourPhoto")} width={width} height={height}>
        {children}
      </BoxedPhoto>
    </div>
  );
}
