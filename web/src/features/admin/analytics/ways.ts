/** How one may ask, as the service calls it. */
const WAYS = ["words", "photo", "composed", "browse", "look", "product", "beside"] as const;
export type Way = (typeof WAYS)[number];

export function isWay(asked: string): asked is Way {
  return WAYS.some((way) => way === asked);
}
