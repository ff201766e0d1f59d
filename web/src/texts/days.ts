/** A day as an axis names it: 30 Nov. */
export function dayName(day: string, language: string): string {
  const format = new Intl.DateTimeFormat(language, {
    ...{ day: "numeric", month: "short", timeZone: "UTC" },
  });
  return format.format(new Date(day));
}
