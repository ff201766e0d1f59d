import type { Edges } from "./BoxedPhoto";
import styles from "./CropView.module.css";

interface Props {
  src: string;
  alt: string;
  /** Of the whole photo, in the same pixels as the box. */
  size: { width: number; height: number };
  box: Edges;
  /** How high it is shown; the width follows, up to one and a half times that. */
  height: number;
}

/** The part of a photo that a box frames. */
export function CropView({ src, alt, size, box, height }: Props) {
  const [x1, y1, x2, y2] = box;
  const width = x2 - x1;
  const shown = Math.min((height * width) / (y2 - y1), height * 1.5);
  const scale = shown / width;
  // What is too wide is shown less high, in the middle.
  const top = (height - (y2 - y1) * scale) / 2;
  return (
    <div className={styles.crop} style={{ width: shown, height }}>
      <img
        src={src}
        alt={alt}
        width={size.width}
        height={size.height}
        draggable={false}
        style={{
          left: -x1 * scale,
          top: top - y1 * scale,
          width: size.width * scale,
          height: size.height * scale,
        }}
      />
    </div>
  );
}
