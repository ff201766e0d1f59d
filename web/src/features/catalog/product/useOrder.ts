import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Product } from "@/api/types";

import { moved } from "../shared/order";
import { useRefresh } from "../shared/queries";
import { changeProduct } from "./actions";

/** Moves photos of a product to other places, and says so for those who do not see it. */
export function useOrder(product: Product) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const [announced, setAnnounced] = useState("");
  const reorder = useMutation({
    mutationFn: ({ from, to }: { from: number; to: number }) =>
      changeProduct(product.id, {
        image_ids: moved(product.images, from, to).map((one) => one.id),
      }),
    onSuccess: async (_, { to }) => {
      setAnnounced(t("catalog.photoMoved", { place: to + 1 }));
      await refresh();
    },
  });
  return { reorder, announced };
}
