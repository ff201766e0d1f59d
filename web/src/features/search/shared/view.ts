import type { Edges } from "@/components/BoxedPhoto";

import type { Size } from "@/components/boxes";

/** The picture that is searched with, and the part of it that is meant. */
export interface AskedView {
  url: string;
  size: Size;
  box: Edges;
}
