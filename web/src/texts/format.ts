import i18next from "i18next";

/**
 * How dates and numbers are written: in the language of the pages, as where the reader is. Somebody
 * who reads English in Britain writes the day first.
 */
export function locale(
  language: string = i18next.language,
  wanted: readonly string[] = navigator.languages,
): string {
  const own = wanted.find((tag) => tag.startsWith(`${language}-`));
  if (own !== undefined) return own;
  const regions = wanted.map((tag) => /-([A-Z]{2})\b/.exec(tag)?.[1]);
  const region = regions.find((each) => each !== undefined);
  return region === undefined ? language : `${language}-${region}`;
}

/** A price as the reader's language writes it; bare where the currency is unknown. */
export function price(amount: string | number, currency: string): string {
  const value = Number(amount);
  const style: Intl.NumberFormatOptions = currency
    ? { style: "currency", currency }
    : { minimumFractionDigits: 2 };
  return new Intl.NumberFormat(locale(), style).format(value);
}

export function count(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

export function percent(share: number): string {
  return new Intl.NumberFormat(locale(), {
    style: "percent",
    maximumFractionDigits: 0,
  }).format(share);
}

/** A measured number with two digits or so; `signed` for what is added or taken away. */
export function decimal(value: number, signed = false, digits = 2): string {
  return new Intl.NumberFormat(locale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? "exceptZero" : "auto",
  }).format(value);
}

export function dateTime(iso: string): string {
  return new Intl.DateTimeFormat(locale(), {
    dateStyle: "medium",
    timeStyle: "short",
  }).format(new Date(iso));
}

/** "3 minutes ago", "in 2 days". */
export function relative(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(Math.trunc(seconds), "second");
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Milliseconds as a person reads them: 340 ms, 2.1 s. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds >= 1000;
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: seconds ? "second" : "millisecond",
    maximumFractionDigits: seconds ? 1 : 0,
  }).format(seconds ? milliseconds / 1000 : milliseconds);
}

/** A time to wait as a person says it: 40 seconds, 5 minutes, 2 hours. */
export function span(seconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => seconds >= each) ?? (["second", 1] as const);
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumFractionDigits: 0,
  }).format(Math.ceil(seconds / size));
}

export function bytes(size: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const step = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: units[step],
    maximumFractionDigits: 1,
  }).format(size / 1000 ** step);
}
