import { Slider } from "@base-ui/react/slider";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { PriceRange } from "@/api/types";
import { useFacetName } from "@/components/fields";
import { price as priceText } from "@/texts/format";

import type { Price } from "../shared/filters";
import styles from "./PriceSlider.module.css";
import shared from "./Slider.module.css";

interface Props {
  bounds: PriceRange;
  price: Price | undefined;
  currency: string;
  onChange: (price: Price | undefined) => void;
}

/** From and to, by two thumbs; at the very ends there is no bound. */
export default function PriceSlider({ bounds, price, currency, onChange }: Props) {
  const { t } = useTranslation();
  const name = useFacetName()("price");
  const low = Math.floor(Number(bounds.min));
  const high = Math.max(low + 1, Math.ceil(Number(bounds.max)));
  const put = [clamp(price?.min ?? low, low, high), clamp(price?.max ?? high, low, high)];
  // While a thumb is dragged it leads; afterwards the address does.
  const [held, setHeld] = useState<readonly number[] | null>(null);
  const [from = low, to = high] = held ?? put;
  return (
    <Slider.Root
      value={[from, to]}
      min={low}
      max={high}
      step={high - low > 1_000 ? 10 : 1}
      onValueChange={(value) => setHeld(value)}
      onValueCommitted={([min = low, max = high]) => {
        setHeld(null);
        onChange(
          min <= low && max >= high
            ? undefined
            : { ...(min > low && { min }), ...(max < high && { max }) },
        );
      }}
      className={styles.slider}
    >
      <div className={shared.head}>
        <Slider.Label className={shared.label}>{name}</Slider.Label>
        <span className={shared.value}>
          {t("search.between", { min: priceText(from, currency), max: priceText(to, currency) })}
        </span>
      </div>
      <Slider.Control className={shared.control}>
        <Slider.Track className={shared.track}>
          <Slider.Indicator className={styles.indicator} />
          <Slider.Thumb
            index={0}
            className={shared.thumb}
            aria-label={t("search.lowest")}
            getAriaValueText={(_, value) => priceText(value, currency)}
          />
          <Slider.Thumb
            index={1}
            className={shared.thumb}
            aria-label={t("search.highest")}
            getAriaValueText={(_, value) => priceText(value, currency)}
          />
        </Slider.Track>
      </Slider.Control>
    </Slider.Root>
  );
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
