import { Slider } from "@base-ui/react/slider";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import styles from "./EmphasisSlider.module.css";
import shared from "./Slider.module.css";

const STEP = 0.25;

interface Props {
  /** From -1, form alone, to 1, colour alone. */
  emphasis: number;
  onChange: (emphasis: number) => void;
}

/** Form or colour: which of the two counts more; in the middle both, as they were measured best. */
export default function EmphasisSlider({ emphasis, onChange }: Props) {
  const { t } = useTranslation();
  // While the thumb is dragged it leads; afterwards the address does.
  const [held, setHeld] = useState<number | null>(null);
  const value = held ?? emphasis;
  return (
    <Slider.Root
      value={value}
      min={-1}
      max={1}
      step={STEP}
      largeStep={2 * STEP}
      onValueChange={setHeld}
      onValueCommitted={(chosen) => {
        setHeld(null);
        onChange(chosen);
      }}
      className={styles.slider}
    >
      <div className={shared.head}>
        <Slider.Label className={shared.label}>{t("search.emphasis.name")}</Slider.Label>
        <span className={shared.value}>{told(t, value)}</span>
      </div>
      <Slider.Control className={shared.control}>
        <Slider.Track className={`${shared.track} ${styles.middle}`}>
          <Slider.Thumb
            className={shared.thumb}
            getAriaValueText={(_, chosen) => told(t, chosen)}
          />
        </Slider.Track>
      </Slider.Control>
      <div className={styles.ends} aria-hidden>
        <span>{t("search.emphasis.form")}</span>
        <span>{t("search.emphasis.colour")}</span>
      </div>
    </Slider.Root>
  );
}

const DEGREES = ["little", "more", "much", "only"] as const;

function told(t: TFunction, value: number): string {
  const degree = DEGREES[Math.ceil(Math.abs(value) / STEP) - 1];
  if (degree === undefined) return t("search.emphasis.both");
  return t(`search.emphasis.${value < 0 ? "towardsForm" : "towardsColour"}.${degree}`);
}
