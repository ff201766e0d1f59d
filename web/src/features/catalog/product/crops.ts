import type { Edges } from "@/components/BoxedPhoto";

import type { Crop } from "./queries";

/** The box of a crop, in pixels of its photo. */
export function edges({ box: [x1 = 0, y1 = 0, x2 = 0, y2 = 0] }: Crop): Edges {
  return [x1, y1, x2, y2];
}

/** Whether a crop is less than its photo; a box around all of it says nothing. */
export function isPart(crop: Crop): boolean {
  return crop.kind !== "whole";
}
