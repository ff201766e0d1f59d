import { useWindowVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect } from "react";
import { useTranslation } from "react-i18next";

import { useMeasured } from "@/components/measured";
import { useMedia } from "@/components/media";

import styles from "./Grid.module.css";
import { HitCard, TEXT_HEIGHT } from "./HitCard";
import type { Hit } from "../shared/queries";
import type { HitActions } from "./actions";
import { useRoving } from "./useRoving";

interface Props {
  hits: readonly Hit[];
  /** How many more will come: their places are kept, so that nothing moves when they do. */
  coming: number;
  total: number | undefined;
  label: string;
  actions: HitActions;
  /** Called when the end comes near. */
  onEnd: () => void;
}

/** A grid of any length: only the rows in sight and a few around them exist. */
export function Grid({ hits, coming, total, label, actions, onEnd }: Props) {
  const { element, width, top } = useMeasured();
  const { columns, gap, card, row } = useShape(width);
  const rows = Math.ceil((hits.length + coming) / columns);
  const loaded = Math.ceil(hits.length / columns);
  const virtual = useWindowVirtualizer({
    count: width > 0 ? rows : 0,
    estimateSize: () => row,
    overscan: 2,
    scrollMargin: top,
    useFlushSync: false, // rows may come a frame late; a scroll event must not wait for them
  });
  // Sizes are known, never measured: the page has its full height before anything has loaded.
  useLayoutEffect(() => virtual.measure(), [virtual, row]);
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  const { stop, handlers } = useStop(virtual, hits.length, columns);
  useEffect(() => {
    if (last >= loaded - 3) onEnd();
  }, [last, loaded, onEnd]);
  return (
    <div
      ref={element}
      role="list"
      aria-label={label}
      {...handlers}
      className={styles.list}
      style={{ height: Math.max(0, rows * row) }}
    >
      {shown.map(({ index, start }) => (
        <div
          key={index}
          role="presentation"
          className={styles.row}
          style={{
            gap,
            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            transform: `translateY(${start - top}px)`,
          }}
        >
          {hits.slice(index * columns, (index + 1) * columns).map((hit, place) => (
            <HitCard
              key={hit.product.id}
              hit={hit}
              width={card}
              actions={actions}
              place={index * columns + place + 1}
              total={total}
              eager={index < 2}
              reachable={index * columns + place === stop}
            />
          ))}
          {ghosts(index * columns, columns, hits.length, hits.length + coming).map((place) => (
            <div key={place} className={styles.ghost} style={{ height: row }} aria-hidden />
          ))}
        </div>
      ))}
    </div>
  );
}

/** The card that Tab stops at, and the keys that go on from it. */
function useStop(virtual: Virtualizer<Window, Element>, count: number, columns: number) {
  const shown = virtual.getVirtualItems();
  return useRoving({
    count,
    columns,
    first: (shown[0]?.index ?? 0) * columns,
    last: ((shown.at(-1)?.index ?? -1) + 1) * columns - 1,
    show: (to) => virtual.scrollToIndex(to, { align: "auto" }),
  });
}

/** The places of a row that nobody has taken yet. */
function ghosts(start: number, columns: number, taken: number, end: number): number[] {
  const places = Array.from({ length: columns }, (_, place) => start + place);
  return places.filter((place) => place >= taken && place < end);
}

/** What the grid will look like, while there is nothing to show in it. */
export function GridSkeleton() {
  const { t } = useTranslation();
  const { element, width } = useMeasured();
  const { columns, gap, row } = useShape(width);
  return (
    <div
      ref={element}
      className={styles.waiting}
      style={{ gap: `0 ${gap}px`, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
    >
      <span className="hidden-text" role="status">
        {t("common.loading")}
      </span>
      {width > 0 &&
        Array.from({ length: columns * 3 }, (_, place) => (
          <div key={place} className={styles.ghost} style={{ height: row }} />
        ))}
    </div>
  );
}

/** Columns and sizes for a width, all in CSS pixels. */
function useShape(width: number) {
  const hovers = useMedia("(hover: hover)");
  const narrow = width < 560;
  const gap = narrow ? 12 : 20;
  const least = narrow ? 150 : 200;
  const columns = Math.max(2, Math.floor((width + gap) / (least + gap)));
  const card = Math.max(0, (width - gap * (columns - 1)) / columns);
  const below = hovers ? TEXT_HEIGHT.hover : TEXT_HEIGHT.touch;
  return { columns, gap, card, row: Math.round((card * 4) / 3) + below + gap };
}
