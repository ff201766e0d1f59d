/** A word that was read off a product's photo, or that a person chose. */
export interface Label {
  facet: string;
  value: string;
  score: number;
  source: string;
}

/** The labels of a product, where the server tells them. */
export function labelsOf(product: object): Label[] {
  if (!("labels" in product) || !Array.isArray(product.labels)) return [];
  return product.labels.filter(isLabel);
}

function isLabel(value: unknown): value is Label {
  return (
    typeof value === "object" &&
    value !== null &&
    "facet" in value &&
    "value" in value &&
    "score" in value &&
    typeof value.score === "number"
  );
}
