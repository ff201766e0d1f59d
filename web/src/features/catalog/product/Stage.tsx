import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";

import { imageUrl } from "@/api/client";
import type { Image, Product } from "@/api/types";
import { BoxedPhoto, placed } from "@/components/BoxedPhoto";
import { edges } from "@/components/boxes";
import { kindName } from "@/components/kindWords";
import { bytes } from "@/texts/format";

import { isPart } from "./crops";
import styles from "./Gallery.module.css";
import type { Crop } from "./queries";

interface Props {
  product: Product;
  image: Image;
  crops: readonly Crop[];
  /** The crop that stands for the product. */
  primary: string | null;
  pointed: string | null;
  onPoint: (cropId: string | null) => void;
}

/** One photo, large, with a box around each thing that was found on it. */
export function Stage({ product, image, crops, primary, pointed, onPoint }: Props) {
  const { t } = useTranslation();
  const place = product.images.findIndex((one) => one.id === image.id) + 1;
  return (
    <>
      <div
        className={styles.stage}
        style={{ width: `min(100%, calc(72vh * ${image.width / image.height}))` }}
      >
        <BoxedPhoto
          src={imageUrl(image.id)}
          alt={t("catalog.photoOf", { place, title: product.title })}
          width={image.width}
          height={image.height}
        >
          {crops.filter(isPart).map((crop) => (
            <button
              key={crop.id}
              type="button"
              className={styles.box}
              style={placed(edges(crop.box), image)}
              data-verdict={crop.verdict}
              data-primary={crop.id === primary}
              data-pointed={crop.id === pointed}
              aria-label={t("catalog.boxOf", { kind: kindName(t, crop.kind) })}
              aria-pressed={crop.id === pointed}
              onClick={() => onPoint(crop.id === pointed ? null : crop.id)}
            >
              <span className={styles.tag}>{kindName(t, crop.kind)}</span>
            </button>
          ))}
        </BoxedPhoto>
      </div>
      <p className={styles.facts}>
        <span>{t("catalog.photoPlace", { place, count: product.images.length })}</span>
        <span>
          {image.width} × {image.height}
        </span>
        <span>{bytes(image.bytes)}</span>
        <a href={imageUrl(image.id)} target="_blank" rel="noreferrer">
          {t("catalog.original")} <ExternalLink size={14} aria-hidden />
        </a>
      </p>
    </>
  );
}
