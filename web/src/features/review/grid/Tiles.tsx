import { Check, TriangleAlert } from "lucide-react";
import { useEffect, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { placed } from "@/components/BoxedPhoto";
import { edges } from "@/components/boxes";
import { arrow, columnsOf } from "@/components/grid";
import { useMeasured } from "@/components/measured";
import { Thumb } from "@/components/Thumb";

import styles from "./Tiles.module.css";
import type { Group } from "./useWall";
import type { Tile } from "./wall";

interface Props {
  tiles: readonly Tile[];
  group: Group;
  onToggle: (itemId: string) => void;
}

/** Alike items as pictures that are marked or not; arrows walk them. */
export function Tiles({ tiles, group, onToggle }: Props) {
  const { element, width } = useMeasured();
  const { columns, side } = columnsOf(width);
  const focus = (place: number) =>
    element.current?.querySelector<HTMLElement>(`[data-tile="${place}"]`)?.focus();
  const walk = (event: KeyboardEvent) => {
    const place = Number(
      event.target instanceof HTMLElement ? event.target.dataset.tile : undefined,
    );
    const to = Number.isNaN(place) ? null : arrow(event.key, place, columns, tiles.length);
    if (to === null) return;
    event.preventDefault();
    focus(to);
  };
  const first = tiles[0]?.item.id;
  // The first of a new wall takes the focus, and keys go on there.
  useEffect(() => {
    const at = document.activeElement;
    if (!matchMedia("(pointer: fine)").matches) return; // a phone has no keys to go on with
    if (at === document.body || at?.id === "content") {
      element.current?.querySelector<HTMLElement>("[data-tile]")?.focus({ preventScroll: true });
    }
  }, [first, element, width]);
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- arrows walk the tiles within
    <div ref={element} onKeyDown={walk}>
      <ul
        className={styles.tiles}
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
      >
        {width > 0 &&
          tiles.map((tile, place) => (
            <li key={tile.item.id}>
              <TileButton {...{ tile, place, side, group }} onToggle={onToggle} />
            </li>
          ))}
      </ul>
    </div>
  );
}

interface TileProps {
  tile: Tile;
  place: number;
  side: number;
  group: Group;
  onToggle: (itemId: string) => void;
}

function TileButton({ tile, place, side, group, onToggle }: TileProps) {
  const { t } = useTranslation();
  const { item, isMarked, problem } = tile;
  const shop = item.facets.find(({ facet }) => facet === group.facet);
  const differs = shop?.shop_means != null && shop.shop_means !== group.value;
  return (
    <button
      type="button"
      className={styles.tile}
      data-tile={place}
      aria-pressed={isMarked}
      onClick={() => onToggle(item.id)}
    >
      <span className={styles.picture} style={{ height: Math.round(side * 1.25) }}>
        <Picture item={item} side={side} />
        <span className={styles.mark} aria-hidden>
          {isMarked && <Check size={16} />}
        </span>
      </span>
      <span className={styles.title}>{item.product.title}</span>
      {shop && shop.shop !== "" && (
        <span className={styles.shop} data-differs={differs}>
          {t("review.desk.shop", { value: shop.shop })}
          {differs && <span className="hidden-text"> {t("review.desk.shopDiffers")}</span>}
        </span>
      )}
      {problem !== null && (
        <span className={styles.problem}>
          <TriangleAlert size={14} aria-hidden /> {problem}
        </span>
      )}
    </button>
  );
}

/** The photo of the crop that stands for the product, with its box; else the first one. */
function Picture({ item, side }: { item: Tile["item"]; side: number }) {
  const isPrimary = ({ id }: { id: string }) => id === item.primary_crop_id;
  const photo = item.photos.find(({ crops }) => crops.some(isPrimary)) ?? item.photos[0];
  if (!photo) return null;
  const { image, crops } = photo;
  return (
    <span className={styles.fitted} style={{ aspectRatio: `${image.width} / ${image.height}` }}>
      <Thumb image={image} alt="" sizes={`${Math.round(side)}px`} eager />
      {crops
        .filter((crop) => isPrimary(crop) && crop.kind !== "whole")
        .map((crop) => (
          <span key={crop.id} className={styles.box} style={placed(edges(crop.box), image)} />
        ))}
    </span>
  );
}
