/** What can be done with one product. */
import { api, form, held } from "@/api/client";
import { shrunk } from "@/api/photos";
import type { Job, Product, ProductChange, Verdict } from "@/api/types";

import type { Crops } from "./queries";

/** Change a product; with `version`, refused with the present one if that is another. */
export async function changeProduct(
  id: string,
  changes: ProductChange,
  version?: string,
): Promise<Product> {
  const params = { path: { product_id: id }, header: ifMatch(version) };
  return held(await api.PATCH("/v1/products/{product_id}", { params, body: changes }));
}

/** Delete a product, unless it is no longer as it was seen. */
export async function deleteProduct({ id, version }: Product): Promise<void> {
  const params = { path: { product_id: id }, header: ifMatch(version) };
  await api.DELETE("/v1/products/{product_id}", { params });
}

function ifMatch(version: string | undefined) {
  return version === undefined ? {} : { "if-match": `"${version}"` };
}

export async function restoreProduct(id: string): Promise<Product> {
  const path = { product_id: id };
  return held(await api.POST("/v1/products/{product_id}/restore", { params: { path } }));
}

export async function indexProduct(id: string): Promise<Job> {
  const path = { product_id: id };
  return held(await api.POST("/v1/products/{product_id}/index", { params: { path } })).job;
}

export async function addImages(id: string, photos: readonly File[]): Promise<Job> {
  const sent = await shrunk(photos);
  const answer = await api.POST("/v1/products/{product_id}/images", {
    params: { path: { product_id: id } },
    body: { images: [] },
    bodySerializer: () => form({ images: sent }),
  });
  return held(answer).job;
}

export async function deleteImage(id: string, imageId: string): Promise<void> {
  await api.DELETE("/v1/products/{product_id}/images/{image_id}", {
    params: { path: { product_id: id, image_id: imageId } },
  });
}

export async function judgeCrop(id: string, cropId: string, verdict: Verdict): Promise<Crops> {
  const answer = await api.PATCH("/v1/products/{product_id}/crops/{crop_id}", {
    params: { path: { product_id: id, crop_id: cropId } },
    body: { verdict },
  });
  return held(answer);
}

/** Say which words of a facet fit; null leaves that to the model again. */
export async function stateLabels(
  id: string,
  facet: string,
  values: readonly string[] | null,
): Promise<void> {
  await api.PUT("/v1/products/{product_id}/labels/{facet}", {
    params: { path: { product_id: id, facet } },
    body: { values: values && [...values] },
  });
}

/** Have a crop stand for its product; null leaves that to the rule again. */
export async function choosePrimary(id: string, cropId: string | null): Promise<Crops> {
  const answer = await api.PUT("/v1/products/{product_id}/primary-crop", {
    params: { path: { product_id: id } },
    body: { crop_id: cropId },
  });
  return held(answer);
}
