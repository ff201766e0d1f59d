import type { Crop } from "./queries";

/** Whether a crop is less than its photo; a box around all of it says nothing. */
export function isPart(crop: Crop): boolean {
  return crop.kind !== "whole";
}
