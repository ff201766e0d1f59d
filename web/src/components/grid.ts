const NARROWEST = 176;
const NARROW_SCREEN = 144;
/** Between two columns, in pixels. */
export const GAP = 16;

/** Columns that fit a width, and how wide they then are. */
export function columnsOf(width: number): { columns: number; side: number } {
  const least = width < 560 ? NARROW_SCREEN : NARROWEST;
  const columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)));
  return { columns, side: (width - (columns - 1) * GAP) / columns };
}

/** Where an arrow key leads in rows of `columns`; null for a key that leads nowhere. */
export function arrow(key: string, from: number, columns: number, length: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -from,
    End: length - 1 - from,
  };
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  if (step === undefined) return null;
  const to = from + step;
  return to >= 0 && to < length && to !== from ? to : null;
}
