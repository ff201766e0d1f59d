/** What the public API tells shoppers, by the names used here. */
import type {
  ShopAnswer,
  ShopDetected,
  ShopEvent,
  ShopFacet,
  ShopHit,
  ShopItem,
  ShopLook,
  ShopPicture,
  ShopProduct,
  ShopRecognised,
  ShopSettings,
  Suggestion as Suggested,
} from "@/api/types";

export type Picture = ShopPicture;
export type Product = ShopProduct;
export type Hit = ShopHit;
export type Facet = ShopFacet;
export type Recognised = ShopRecognised;
export type Found = ShopAnswer;
export type Item = ShopItem;
export type Seen = ShopDetected;
export type Look = ShopLook;
export type Rules = ShopSettings;
export type Suggestion = Suggested;
/** One thing a shopper did. */
export type Deed = ShopEvent;
/** Left, top, right, bottom in pixels of the upright photo. */
export type Box = Item["box"];
