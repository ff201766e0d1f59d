import { useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Image, Product } from "@/api/types";
import { placed } from "@/components/BoxedPhoto";
import { edges } from "@/components/boxes";
import { Thumb } from "@/components/Thumb";

import { isPart } from "./crops";
import styles from "./Gallery.module.css";
import type { Crop } from "./queries";
import { useOrder } from "./useOrder";

interface Props {
  product: Product;
  image: Image | undefined;
  onImage: (image: Image) => void;
  editable: boolean;
  cropsOf: (image: Image) => readonly Crop[];
}

/** All photos of a product, small, in their order; editors drag them to another place. */
export function Strip({ product, image, onImage, editable, cropsOf }: Props) {
  const { t } = useTranslation();
  const { reorder } = useOrder(product);
  const [dragged, setDragged] = useState<number | null>(null);
  if (product.images.length < 2) return null;
  const drop = (event: DragEvent, to: number) => {
    event.preventDefault();
    if (dragged !== null && dragged !== to) reorder.mutate({ from: dragged, to });
    setDragged(null);
  };
  return (
    <ol className={styles.strip}>
      {product.images.map((one, place) => (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the tools below do the same
        <li
          key={one.id}
          draggable={editable}
          data-dragged={dragged === place}
          onDragStart={() => setDragged(place)}
          onDragEnd={() => setDragged(null)}
          onDragOver={(event) => dragged !== null && event.preventDefault()}
          onDrop={(event) => drop(event, place)}
        >
          <button
            type="button"
            className={styles.small}
            aria-label={t("catalog.showPhoto", { place: place + 1 })}
            aria-current={one.id === image?.id}
            onClick={() => onImage(one)}
          >
            <span
              className={styles.fitted}
              style={{
                aspectRatio: `${one.width} / ${one.height}`,
                [one.width > one.height ? "width" : "height"]: "100%",
              }}
            >
              <Thumb image={one} alt="" sizes="88px" />
              <Boxes image={one} crops={cropsOf(one)} />
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Boxes({ image, crops }: { image: Image; crops: readonly Crop[] }) {
  return crops
    .filter(isPart)
    .map((crop) => (
      <span
        key={crop.id}
        className={styles.mini}
        data-verdict={crop.verdict}
        style={placed(edges(crop.box), image)}
      />
    ));
}
