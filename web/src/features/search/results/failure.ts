import { Problem } from "@/api/problem";

/** Whether the server no longer has what was searched with. */
export function whatIsGone(error: Error | null): "upload" | "product" | null {
  if (!(error instanceof Problem)) return null;
  if (error.code === "upload_unknown" || "upload_id" in error.fields) return "upload";
  const product = ["product_unknown", "not_indexed"].includes(error.code);
  return product || "product_id" in error.fields ? "product" : null;
}

/** Whether hits of a level were asked for where levels mean nothing. */
export function isUncalibrated(error: Error): boolean {
  return error instanceof Problem && "min_level" in error.fields;
}
