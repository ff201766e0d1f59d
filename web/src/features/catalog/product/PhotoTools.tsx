import { useMutation } from "@tanstack/react-query";
import { ArrowLeft, ArrowRight, ImagePlus, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { PICTURES } from "@/api/photos";
import type { Image, Product } from "@/api/types";
import { Button, IconButton } from "@/components/Button";
import { Confirm } from "@/components/Dialog";
import { FailureLine } from "@/components/Notice";
import { useToast } from "@/components/toast";

import { useRefresh } from "../shared/queries";
import { addImages, deleteImage } from "./actions";
import styles from "./Gallery.module.css";
import { useOrder } from "./useOrder";

interface Props {
  product: Product;
  image: Image | undefined;
  onImage: (image: Image) => void;
  onJob: (jobId: string) => void;
}

/** What editors do with photos: move the large one, take it away, add others. */
export function PhotoTools({ product, image, onImage, onJob }: Props) {
  const refresh = useRefresh();
  const { reorder, announced } = useOrder(product);
  const add = useMutation({
    mutationFn: (photos: readonly File[]) => addImages(product.id, photos),
    onSuccess: async (job) => {
      onJob(job.id);
      await refresh();
    },
  });
  const place = product.images.findIndex((one) => one.id === image?.id);
  return (
    <>
      <div className={styles.tools}>
        {product.images.length > 1 && (
          <Move
            place={place}
            last={product.images.length - 1}
            busy={reorder.isPending}
            onMove={(to) => reorder.mutate({ from: place, to })}
          />
        )}
        {image && <Remove product={product} image={image} onImage={onImage} />}
        <Add busy={add.isPending} onPhotos={(photos) => add.mutate(photos)} />
        <span className="hidden-text" role="status">
          {announced}
        </span>
      </div>
      <FailureLine error={add.error ?? reorder.error} />
    </>
  );
}

interface MoveProps {
  place: number;
  last: number;
  busy: boolean;
  onMove: (to: number) => void;
}

function Move({ place, last, busy, onMove }: MoveProps) {
  const { t } = useTranslation();
  return (
    <>
      <IconButton
        label={t("catalog.earlier")}
        disabled={place <= 0 || busy}
        onClick={() => onMove(place - 1)}
      >
        <ArrowLeft size={18} aria-hidden />
      </IconButton>
      <IconButton
        label={t("catalog.later")}
        disabled={place >= last || busy}
        onClick={() => onMove(place + 1)}
      >
        <ArrowRight size={18} aria-hidden />
      </IconButton>
    </>
  );
}

function Remove({ product, image, onImage }: Omit<Props, "onJob" | "image"> & { image: Image }) {
  const { t } = useTranslation();
  const say = useToast();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteImage(product.id, image.id),
    onSuccess: async () => {
      setAsking(false);
      const other = product.images.find((each) => each.id !== image.id);
      if (other) onImage(other);
      say(t("catalog.photoRemoved"));
      await refresh();
    },
  });
  return (
    <>
      <IconButton label={t("catalog.removePhoto")} onClick={() => setAsking(true)}>
        <Trash2 size={18} aria-hidden />
      </IconButton>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutate()}
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

function Add({ busy, onPhotos }: { busy: boolean; onPhotos: (photos: readonly File[]) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        size="small"
        icon={<ImagePlus size={16} aria-hidden />}
        busy={busy}
        onClick={() => input.current?.click()}
      >
        {t("catalog.addPhotos")}
      </Button>
      <input
        ref={input}
        type="file"
        accept={PICTURES}
        multiple
        hidden
        onChange={(event) => {
          const photos = [...(event.target.files ?? [])];
          if (photos.length > 0) onPhotos(photos);
          event.target.value = "";
        }}
      />
    </>
  );
}
