import type { ListedProduct } from "@/api/types";

import type { Chosen } from "./chosen";
import type { CatalogueParams } from "./params";

/** What each way of showing the catalogue needs. */
export interface ViewProps {
  products: readonly ListedProduct[];
  trash: boolean;
  /** Whether products can be chosen here, and which are. */
  editable: boolean;
  chosen: Chosen;
  onToggle: (id: string, reach: boolean) => void;
  onAll: (on: boolean) => void;
  /** Called when the end of the list comes near. */
  onMore: () => void;
}

/** What the table needs beside. */
export interface TableProps extends ViewProps {
  params: CatalogueParams;
  onChange: (params: CatalogueParams, replace?: boolean) => void;
}

/** Whether Shift was held while something was chosen, by mouse or by keyboard. */
export function isReaching(event: Event): boolean {
  return "shiftKey" in event && event.shiftKey === true;
}
