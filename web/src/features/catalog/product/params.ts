import { isId } from "@/api/ids";

/** What the address of a product says. */
export interface ProductParams {
  /** The photo that is shown large; the first one without a word. */
  photo?: string;
  edit?: true;
}

export function productParams(given: Record<string, unknown>): ProductParams {
  return {
    ...(isId(given.photo) ? { photo: given.photo } : {}),
    ...(given.edit === true ? { edit: true } : {}),
  };
}
