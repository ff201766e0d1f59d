import { useMutation } from "@tanstack/react-query";
import { ArrowLeft, ArrowRight, ExternalLink, ImagePlus, Trash2 } from "lucide-react";
import { useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";

import { imageUrl } from "@/api/client";
import type { Image, Product } from "@/api/types";
import { BoxedPhoto, placed, type Edges } from "@/components/BoxedPhoto";
import { Button, IconButton } from "@/components/Button";
import { Confirm } from "@/components/Dialog";
import { FailureLine } from "@/components/Notice";
import { Thumb } from "@/components/Thumb";
import { useToast } from "@/components/toast";
import { bytes } from "@/texts/format";

import { addImages, changeProduct, deleteImage } from "../shared/actions";
import styles from "./Gallery.module.css";
import { moved } from "../list/lists";
import { useRefresh, type Crop, type Crops } from "../shared/queries";
import { kindName } from "../shared/words";

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
export function Gallery(props: Props) {
  const { t } = useTranslation();
  const { product, crops, image, onImage, editable } = props;
  const of = (one: Image) => crops?.crops.filter((crop) => crop.image_id === one.id) ?? [];
  return (
    <section className={styles.gallery} aria-label={t("catalog.photos")}>
      {image ? (
        <Stage
          {...props}
          image={image}
          crops={of(image)}
          primary={crops?.primary_crop_id ?? null}
        />
      ) : (
        <p className={styles.none}>{t("catalog.noPhotos")}</p>
      )}
      <Strip product={product} image={image} onImage={onImage} editable={editable} of={of} />
      {editable && <Tools {...props} />}
    </section>
  );
}

interface StageProps extends Omit<Props, "crops"> {
  image: Image;
  crops: readonly Crop[];
  primary: string | null;
}

function Stage({ product, image, crops, primary, pointed, onPoint }: StageProps) {
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
              style={placed(edges(crop), image)}
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

interface StripProps extends Pick<Props, "product" | "image" | "onImage" | "editable"> {
  of: (image: Image) => readonly Crop[];
}

function Strip({ product, image, onImage, editable, of }: StripProps) {
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
              {of(one)
                .filter(isPart)
                .map((crop) => (
                  <span
                    key={crop.id}
                    className={styles.mini}
                    data-verdict={crop.verdict}
                    style={placed(edges(crop), one)}
                  />
                ))}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Tools({ product, image, onImage, onJob }: Props) {
  const { t } = useTranslation();
  const say = useToast();
  const refresh = useRefresh();
  const [removing, setRemoving] = useState(false);
  const { reorder, announced } = useOrder(product);
  const input = useRef<HTMLInputElement>(null);
  const add = useMutation({
    mutationFn: (photos: readonly File[]) => addImages(product.id, photos),
    onSuccess: async (job) => {
      onJob(job.id);
      await refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (one: Image) => deleteImage(product.id, one.id),
    onSuccess: async (_, one) => {
      setRemoving(false);
      const other = product.images.find((each) => each.id !== one.id);
      if (other) onImage(other);
      say(t("catalog.photoRemoved"));
      await refresh();
    },
  });
  const place = product.images.findIndex((one) => one.id === image?.id);
  const move = (to: number) => reorder.mutate({ from: place, to });
  return (
    <>
      <div className={styles.tools}>
        {product.images.length > 1 && (
          <>
            <IconButton
              label={t("catalog.earlier")}
              disabled={place <= 0 || reorder.isPending}
              onClick={() => move(place - 1)}
            >
              <ArrowLeft size={18} aria-hidden />
            </IconButton>
            <IconButton
              label={t("catalog.later")}
              disabled={place >= product.images.length - 1 || reorder.isPending}
              onClick={() => move(place + 1)}
            >
              <ArrowRight size={18} aria-hidden />
            </IconButton>
          </>
        )}
        {image && (
          <IconButton label={t("catalog.removePhoto")} onClick={() => setRemoving(true)}>
            <Trash2 size={18} aria-hidden />
          </IconButton>
        )}
        <Button
          size="small"
          icon={<ImagePlus size={16} aria-hidden />}
          busy={add.isPending}
          onClick={() => input.current?.click()}
        >
          {t("catalog.addPhotos")}
        </Button>
        <input
          ref={input}
          type="file"
          accept="image/*"
          multiple
          hidden
          onChange={(event) => {
            const photos = [...(event.target.files ?? [])];
            if (photos.length > 0) add.mutate(photos);
            event.target.value = "";
          }}
        />
        <span className="hidden-text" role="status">
          {announced}
        </span>
      </div>
      <FailureLine error={add.error ?? reorder.error} />
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        onConfirm={() => image && remove.mutate(image)}
        title={t("catalog.removePhotoTitle")}
        confirm={t("common.remove")}
        danger
        busy={remove.isPending}
      >
        <p>{t("catalog.removePhotoText")}</p>
        <FailureLine error={remove.error} />
      </Confirm>
    </>
  );
}

function useOrder(product: Product) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const [announced, setAnnounced] = useState("");
  const reorder = useMutation({
    mutationFn: ({ from, to }: { from: number; to: number }) =>
      changeProduct(product.id, {
        image_ids: moved(product.images, from, to).map((one) => one.id),
      }),
    onSuccess: async (_, { to }) => {
      setAnnounced(t("catalog.photoMoved", { place: to + 1 }));
      await refresh();
    },
  });
  return { reorder, announced };
}

function edges({ box: [x1 = 0, y1 = 0, x2 = 0, y2 = 0] }: Crop): Edges {
  return [x1, y1, x2, y2];
}

// The whole photo as a crop of itself has its line in the list; a box around all says nothing.
function isPart(crop: Crop): boolean {
  return crop.kind !== "whole";
}
