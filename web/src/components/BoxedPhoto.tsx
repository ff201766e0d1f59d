import type { ReactNode } from "react";

import styles from "./BoxedPhoto.module.css";

/** Left, top, right and bottom in pixels of the upright photo. */
export type Edges = readonly [number, number, number, number];

interface Props {
  src: string;
  alt: string;
  width: number;
  height: number;
  /** Boxes and whatever else lies on the photo: see `placed`. */
  children?: ReactNode;
}

/** A photo with things drawn on it; its place is reserved before it has loaded. */
export function BoxedPhoto({ src, alt, width, height, children }: Props) {
  return (
    <div className={styles.photo} style={{ aspectRatio: `${width} / ${height}` }}>
      <img src={src} alt={alt} draggable={false} />
      {children}
    </div>
  );
}

/** Where a box lies on its photo, as a style in shares of the photo's size. */
export function placed(box: Edges, size: { width: number; height: number }) {
  const [x1, y1, x2, y2] = box;
  const share = (pixels: number, of: number) => `${(100 * pixels) / of}%`;
  return {
    left: share(x1, size.width),
    top: share(y1, size.height),
    width: share(x2 - x1, size.width),
    height: share(y2 - y1, size.height),
  };
}
