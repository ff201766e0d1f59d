import { useState } from "react";

import { imageUrl } from "@/api/client";
import { renewForPicture } from "@/api/session";
import type { Image } from "@/api/types";

import styles from "./Thumb.module.css";

interface Props {
  image: Pick<Image, "id" | "width" | "height"> | { id: string };
  alt: string;
  /** How wide it is shown, as in <img sizes>. */
  sizes: string;
  eager?: boolean;
}

/** A small version of a photo, in the size the screen needs. Its place is reserved by its parent. */
export function Thumb({ image, alt, sizes, eager = false }: Props) {
  const [isSecond, setSecond] = useState(false);
  // Perhaps the sign-in ran out while the page lay open; then a second try works.
  const again = () => {
    if (!isSecond) void renewForPicture().then(() => setSecond(true));
  };
  const at = (side: number) => `${imageUrl(image.id)}/thumbnail?size=${side}`;
  return (
    <img
      key={String(isSecond)}
      className={styles.thumb}
      src={at(480)}
      srcSet={`${at(160)} 160w, ${at(480)} 480w, ${at(1080)} 1080w`}
      sizes={sizes}
      alt={alt}
      loading={eager ? "eager" : "lazy"}
      decoding="async"
      draggable={false}
      onError={again}
    />
  );
}
