import { useTranslation } from "react-i18next";

import type { ListedProduct } from "@/api/types";
import { Badge } from "@/components/Badge";
import { percent } from "@/texts/format";

/** A label below is likelier wrong than right, as in the API. */
const SURE = 0.5;

/** How sure models are of what they said of a product, or that people said it. */
export function Sureness({ product }: { product: ListedProduct }) {
  const { t } = useTranslation();
  const { sureness, labels } = product;
  if (sureness == null) {
    if (labels.length === 0) return <span>{t("catalog.sure.none")}</span>;
    return <Badge tone="success">{t("catalog.sure.checked")}</Badge>;
  }
  if (sureness >= SURE) return <span>{percent(sureness)}</span>;
  return <Badge tone="warning">{t("catalog.sure.unsure", { share: percent(sureness) })}</Badge>;
}
