declare module "virtual:texts" {
  /** Fetches the texts of a language, part by part. */
  export const fetchers: Record<string, Record<string, () => Promise<{ default: object }>>>;
}
