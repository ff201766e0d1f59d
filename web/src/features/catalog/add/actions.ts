import { api, form, held } from "@/api/client";
import { shrunk } from "@/api/photos";
import type { ProductAdded, ProductFields } from "@/api/types";

/** Add a product with its photos; sent again with the same key it is the same product. */
export async function createProduct(
  fields: ProductFields,
  photos: readonly File[],
  key: string,
): Promise<ProductAdded> {
  const parts = form({ product: JSON.stringify(fields), images: await shrunk(photos) });
  return held(
    await api.POST("/v1/products", {
      params: { header: { "idempotency-key": key } },
      body: fields,
      ...(photos.length > 0 && { bodySerializer: () => parts }),
    }),
  );
}
