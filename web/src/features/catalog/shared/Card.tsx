import { Link } from "@tanstack/react-router";
import { ImageOff } from "lucide-react";
import type { ReactNode } from "react";

import type { Product } from "@/api/types";
import type { List } from "@/components/list";
import { Thumb } from "@/components/Thumb";
import { price } from "@/texts/format";

import styles from "./Card.module.css";

interface Props {
  product: Product;
  sizes: string;
  /** Shown on the photo's upper left corner. */
  corner?: ReactNode;
  /** A line in place of the price. */
  note?: string | undefined;
  eager?: boolean;
  /** The list that it stands in, which its page leads back to. */
  list?: List | undefined;
}

/** A product as its photo, its title and its price. */
export function Card({ product, sizes, corner, note, eager, list }: Props) {
  return (
    <article className={styles.card}>
      <Link
        to="/products/$productId"
        params={{ productId: product.id }}
        state={{ list }}
        className={styles.link}
        draggable={false}
      >
        <Photo product={product} sizes={sizes} eager={eager ?? false} />
        <span className={styles.title}>{product.title}</span>
      </Link>
      <p className={styles.note}>{note ?? told(product)}</p>
      {corner}
    </article>
  );
}

/** The first photo of a product, or a place that says there is none. */
export function Photo({
  product,
  sizes,
  eager = false,
}: {
  product: Product;
  sizes: string;
  eager?: boolean;
}) {
  const first = product.images[0];
  return (
    <span className={styles.photo}>
      {first ? (
        <Thumb image={first} alt="" sizes={sizes} eager={eager} />
      ) : (
        <ImageOff size={24} aria-hidden />
      )}
    </span>
  );
}

function told(product: Product): string {
  const parts = [
    product.brand,
    product.price === null ? "" : price(product.price, product.currency),
  ];
  return parts.filter(Boolean).join(" · ");
}
