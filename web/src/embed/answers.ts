/** What the public API tells shoppers, by the names used here. */

/** Left, top, right, bottom in pixels of the upright photo. */
export type Box = readonly [number, number, number, number];

export interface Picture {
  readonly id: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

export interface Product {
  readonly id: string;
  readonly external_id: string;
  readonly title: string;
  readonly brand: string;
  readonly price: string | null;
  readonly currency: string;
  readonly url: string | null;
  readonly pictures: readonly Picture[];
}

export interface Hit {
  readonly rank: number;
  readonly level: string | null;
  readonly matches: boolean;
  readonly named: boolean;
  readonly product: Product;
  readonly picture: Picture | null;
}

export interface FacetValue {
  readonly value: string | number | boolean;
  readonly title: string;
  readonly count: number;
}

export interface Facet {
  readonly name: string;
  readonly title: string;
  readonly values: readonly FacetValue[];
}

export interface Found {
  readonly search_id: string;
  readonly total: number | null;
  readonly fits: boolean;
  readonly facets: readonly Facet[];
  readonly price_range: { readonly min: string; readonly max: string } | null;
  readonly next_cursor: string | null;
  readonly hits: readonly Hit[];
}

export interface Item {
  readonly item: number;
  readonly box: Box;
  readonly kind: string;
  readonly title: string;
}

export interface Seen {
  readonly width: number;
  readonly height: number;
  readonly main: number | null;
  readonly items: readonly Item[];
}

export interface Group extends Item {
  readonly hits: readonly Hit[];
}

export interface Look {
  readonly search_id: string;
  readonly groups: readonly Group[];
}
