/** From values to places on a plot. */

/** A straight scale from one range to another. */
export function scale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  const width = to - from || 1;
  return (value) => start + ((value - from) / width) * (end - start);
}

/** At most `most` round numbers from `from` to `to`, both within. */
export function ticks(from: number, to: number, most: number): number[] {
  const rough = (to - from) / Math.max(1, most - 1);
  if (!(rough > 0)) return [from];
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((times) => times * size).find((one) => one >= rough) ?? rough;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) =>
    Number(((first + at) * step).toFixed(9)),
  );
}

/** The lower end of an axis of shares: as far down as its values need, in tenths. */
export function lowEnd(values: readonly number[]): number {
  const least = Math.min(1, ...values);
  return Math.max(0, Math.min(0.8, Math.floor(least * 10 - 1e-9) / 10));
}

/** Some of many, evenly, the first and the last among them. */
export function sparse<One>(all: readonly One[], most: number): One[] {
  if (all.length <= most) return [...all];
  const step = (all.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, at) => all[Math.round(at * step)] as One);
}
