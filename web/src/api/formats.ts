/** The formats of catalogue files that the server reads, by the names they go by. */
export const FORMATS = {
  auto: "",
  csv: "CSV",
  jsonl: "JSON lines",
  shopify: "Shopify CSV",
  google: "Google Merchant TSV",
  "google-xml": "Google Merchant XML",
  medusa: "Medusa CSV",
  woocommerce: "WooCommerce CSV",
} as const;
export type Format = keyof typeof FORMATS;

export function isFormat(name: string): name is Format {
  return Object.hasOwn(FORMATS, name);
}
