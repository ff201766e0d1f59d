import { Link } from "@tanstack/react-router";
import { ImageOff, Info, MessageSquarePlus, ScanSearch } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Product } from "@/api/types";
import { Badge, type Tone } from "@/components/Badge";
import { IconButton } from "@/components/Button";
import { Thumb } from "@/components/Thumb";
import { price } from "@/texts/format";

import type { HitActions } from "./actions";
import styles from "./HitCard.module.css";
import type { Level } from "../shared/params";
import type { Hit } from "../shared/queries";

interface Props {
  hit: Hit;
  /** In CSS pixels, for the browser to pick a thumbnail by. */
  width: number;
  actions: HitActions;
  /** Its place among all hits, for those who cannot see the list whole. */
  place?: number;
  total?: number | undefined;
  eager?: boolean;
  /** Whether Tab stops at it: of a grid at one card only, arrows go to the others. */
  reachable?: boolean;
}

/** How much of a card lies below its picture; what is chosen by script must agree with the CSS. */
export const TEXT_HEIGHT = { hover: 76, touch: 124 } as const;

/** One product that was found. Another view of it shows under the pointer. */
export const HitCard = memo(function HitCard(props: Props) {
  const { hit, width, actions, place, total, eager = false, reachable = true } = props;
  const { t } = useTranslation();
  const { product } = hit;
  // The second view is fetched when somebody comes near, not before.
  const [near, setNear] = useState(false);
  const second = product.images.find((image) => image.id !== hit.image?.id);
  const sizes = `${Math.round(width)}px`;
  const come = () => setNear(true);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- looks ahead only
    <div
      className={styles.card}
      role="listitem"
      aria-posinset={place}
      aria-setsize={total}
      data-place={place}
      onPointerEnter={come}
      onFocus={come}
    >
      <div className={styles.picture}>
        {hit.image ? (
          <Thumb image={hit.image} alt="" sizes={sizes} eager={eager} />
        ) : (
          <ImageOff size={24} role="img" aria-label={t("search.noPhoto")} />
        )}
        {near && second && (
          <div className={styles.second}>
            <Thumb image={second} alt="" sizes={sizes} eager />
          </div>
        )}
      </div>
      <Mark hit={hit} />
      <Text product={product} variants={hit.variants ?? 0} tabIndex={reachable ? 0 : -1} />
      <Actions hit={hit} actions={actions} tabIndex={reachable ? 0 : -1} />
    </div>
  );
});

export const TONES: Readonly<Record<Level, Tone>> = {
  exact: "success",
  close: "accent",
  similar: "plain",
};

/** That its number was asked for, or how sure it is. */
function Mark({ hit }: { hit: Hit }) {
  const { t } = useTranslation();
  const isNamed = hit.reasons?.parts.external_id !== undefined;
  if (!isNamed && (!hit.level || hit.level === "none")) return null;
  const level = isNamed || !hit.level || hit.level === "none" ? "exact" : hit.level;
  return (
    <span className={styles.level}>
      <Badge tone={TONES[level]}>
        {isNamed ? t("search.sameNumber") : t(`search.level.${level}`)}
      </Badge>
    </span>
  );
}

interface TextProps {
  product: Product;
  variants: number;
  tabIndex: number;
}

function Text({ product, variants, tabIndex }: TextProps) {
  const { t } = useTranslation();
  const about = product.brand || product.category;
  const more = variants > 0 && t("search.variants", { count: variants });
  return (
    <div className={styles.text}>
      <Link
        to="/products/$productId"
        params={{ productId: product.id }}
        state={{ list: "results" }}
        className={styles.title}
        tabIndex={tabIndex}
        title={product.title}
      >
        {product.title || product.external_id}
      </Link>
      <p className={styles.line}>{[about, more].filter(Boolean).join(" · ")}</p>
      <p className={styles.price}>
        {product.price !== null && price(product.price, product.currency)}
      </p>
    </div>
  );
}

interface ActionsProps extends Pick<Props, "hit" | "actions"> {
  tabIndex: number;
}

function Actions({ hit, actions, tabIndex }: ActionsProps) {
  const { t } = useTranslation();
  const { title } = hit.product;
  return (
    <div className={styles.actions}>
      <IconButton
        tabIndex={tabIndex}
        label={t("search.more", { title })}
        title={t("search.moreShort")}
        onClick={() => actions.onLike(hit)}
      >
        <ScanSearch size={18} aria-hidden />
      </IconButton>
      <IconButton
        tabIndex={tabIndex}
        label={t("search.butOf", { title })}
        title={t("search.but")}
        onClick={() => actions.onBut(hit)}
      >
        <MessageSquarePlus size={18} aria-hidden />
      </IconButton>
      {(hit.score !== null || hit.reasons) && (
        <IconButton
          tabIndex={tabIndex}
          label={t("search.whyOf", { title })}
          title={t("search.why")}
          onClick={() => actions.onWhy(hit)}
        >
          <Info size={18} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
