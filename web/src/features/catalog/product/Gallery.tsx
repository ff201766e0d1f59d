import { useTranslation } from "react-i18next";

import type { Image, Product } from "@/api/types";

import styles from "./Gallery.module.css";
import { PhotoTools } from "./PhotoTools";
import type { Crops } from "./queries";
import { Stage } from "./Stage";
import { Strip } from "./Strip";

interface Props {
  product: Product;
  crops: Crops | undefined;
  image: Image | undefined;
  onImage: (image: Image) => void;
  /** The crop that is pointed at, here or in the list of crops. */
  pointed: string | null;
  onPoint: (cropId: string | null) => void;
  editable: boolean;
  onJob: (jobId: string) => void;
}

/** All photos of a product with what was found on them; one of them large. */
export function Gallery({ product, crops, image, onImage, editable, ...props }: Props) {
  const { t } = useTranslation();
  const cropsOf = (one: Image) => crops?.crops.filter((crop) => crop.image_id === one.id) ?? [];
  return (
    <section className={styles.gallery} aria-label={t("catalog.photos")}>
      {image ? (
        <Stage
          product={product}
          image={image}
          crops={cropsOf(image)}
          primary={crops?.primary_crop_id ?? null}
          pointed={props.pointed}
          onPoint={props.onPoint}
        />
      ) : (
        <p className={styles.none}>{t("catalog.noPhotos")}</p>
      )}
      <Strip {...{ product, image, onImage, editable, cropsOf }} />
      {editable && <PhotoTools {...{ product, image, onImage }} onJob={props.onJob} />}
    </section>
  );
}
