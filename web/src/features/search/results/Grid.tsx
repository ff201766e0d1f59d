import { useWindowVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { useDeferredValue, useEffect, useLayoutEffect, type ReactNode } from "react";
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
  const isDrawn = useDrawn(hits, (shown[0]?.index ?? 0) * columns);
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
      {shown.map(({ index, start }) => {
        const first = index * columns;
        const its = isDrawn(first) ? hits.slice(first, first + columns) : [];
        const end = Math.min(first + columns, hits.length + coming);
        return (
          <Row key={index} top={start - top} columns={columns} gap={gap}>
            {its.map((hit, place) => (
              <HitCard
                key={hit.product.id}
                hit={hit}
                width={card}
                actions={actions}
                place={first + place + 1}
                total={total}
                eager={index < 2}
                reachable={first + place === stop}
              />
            ))}
            {range(first + its.length, end).map((place) => (
              <div key={place} className={styles.ghost} style={{ height: row }} aria-hidden />
            ))}
          </Row>
        );
      })}
    </div>
  );
}

interface RowProps {
  top: number;
  columns: number;
  gap: number;
  children: ReactNode;
}

function Row({ top, columns, gap, children }: RowProps) {
  const gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
  const style = { gap, gridTemplateColumns, transform: `translateY(${top}px)` };
  return (
    <div role="presentation" className={styles.row} style={style}>
      {children}
    </div>
  );
}

/**
 * Whether the row that begins at a place is drawn: of other hits the one at `urgent` is at once, and
 * the others right after it.
 */
function useDrawn(hits: readonly Hit[], urgent: number): (first: number) => boolean {
  const drawn = useDeferredValue(hits);
  return (first) => first === urgent || hits[first] === drawn[first];
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

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, place) => start + place);
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
