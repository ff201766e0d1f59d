import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MessageSquarePlus, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "@/components/Button";
import { Thumb } from "@/components/Thumb";
import { Skeleton } from "@/components/Skeleton";

import styles from "./Panels.module.css";
import { productQuery } from "../shared/queries";

interface Props {
  id: string;
  onBut: () => void;
  onRemove: () => void;
}

/** The product whose like is looked for. */
export default function ProductPanel({ id, onBut, onRemove }: Props) {
  const { t } = useTranslation();
  const { data: product, isLoading } = useQuery(productQuery(id));
  const image = product?.images[0];
  return (
    <section className={styles.panel} aria-label={t("search.likeThis")}>
      <div className={styles.head}>
        <h2>{t("search.likeThis")}</h2>
        <IconButton label={t("search.removeProduct")} onClick={onRemove}>
          <X size={18} aria-hidden />
        </IconButton>
      </div>
      <div className={styles.frame} data-kind="product">
        {isLoading && <Skeleton height="100%" />}
        {image && <Thumb image={image} alt="" sizes="380px" eager />}
      </div>
      {product && (
        <>
          <Link to="/products/$productId" params={{ productId: id }} className={styles.title}>
            {product.title}
          </Link>
          <Button icon={<MessageSquarePlus size={17} aria-hidden />} onClick={onBut}>
            {t("search.but")}
          </Button>
        </>
      )}
    </section>
  );
}
