import { imageUrl } from "@/api/client";
import type { Image } from "@/api/types";

import styles from "./Cut.module.css";

/** A box's part of a photo, cut out by the browser. */
export function Cut({ image, box, side }: { image: Image; box: readonly number[]; side: number }) {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box;
  const width = Math.max(1, x2 - x1);
  const height = Math.max(1, y2 - y1);
  const scale = side / Math.max(width, height);
  // A part that is small in a large photo needs more of its pixels.
  const size = Math.max(image.width, image.height) * scale > 480 ? 1080 : 480;
  return (
    <span className={styles.frame} style={{ width: side, height: side }}>
      <span className={styles.cut} style={{ width: width * scale, height: height * scale }}>
        <img
          src={`${imageUrl(image.id)}/thumbnail?size=${size}`}
          alt=""
          loading="lazy"
          draggable={false}
          style={{
            width: image.width * scale,
            height: image.height * scale,
            left: -x1 * scale,
            top: -y1 * scale,
          }}
        />
      </span>
    </span>
  );
}
