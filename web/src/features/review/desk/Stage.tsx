import { Ban, Star } from "lucide-react";
import { useId, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { Image } from "@/api/types";
import { BoxedPhoto } from "@/components/BoxedPhoto";
import { layers } from "@/components/boxes";
import { BoxGround } from "@/components/BoxGround";
import { EditedBox } from "@/components/EditedBox";
import { useEditedBox } from "@/components/editedBox";
import { kindName } from "@/components/kindWords";

import { boxOf, WHOLE } from "./draft";
import styles from "./Stage.module.css";
import type { Bench } from "./useBench";
import { photoUrl } from "./usePhotos";
import { useBoxName } from "./words";

/** One photo, as large as it can be, with all its boxes: to choose, drag, pull and draw. */
export function Stage({ bench }: { bench: Bench }) {
  const { t } = useTranslation();
  const { image, images, item } = bench;
  if (!image) return <p className={styles.none}>{t("catalog.noPhotos")}</p>;
  const { width, height } = image;
  const place = images.indexOf(image) + 1;
  return (
    <div className={styles.frame}>
      <div style={{ width: `min(100cqw, calc(100cqh * ${width / height}))` }}>
        <BoxedPhoto
          src={photoUrl(image.id)}
          alt={t("catalog.photoOf", { place, title: item.product.title })}
          width={width}
          height={height}
        >
          <Boxes key={image.id} bench={bench} image={image} />
        </BoxedPhoto>
      </div>
    </div>
  );
}

function Boxes({ bench, image }: { bench: Bench; image: Image }) {
  const { t } = useTranslation();
  const nameOf = useBoxName(bench.draft.primary);
  const element = useRef<HTMLDivElement>(null);
  const hint = useId();
  const { draft, view, putBox } = bench;
  const drawing = view.isDrawing;
  const boxes = bench.boxes.filter(({ kind }) => kind !== WHOLE);
  const chosen = boxes.find(({ key }) => key === view.boxKey);
  const { shown, drawn, handlers, press } = useEditedBox({
    ...{ element, size: image, drawing, chosen },
    boxOf: (key) => boxOf(draft, key)?.box,
    settled: 0,
    onBox: putBox,
  });
  const layer = layers(boxes.map(({ box }) => box));
  return (
    <BoxGround {...{ element, size: image, drawing, drawn, handlers }}>
      <p id={hint} className="hidden-text">
        {t("review.desk.boxKeys")}
      </p>
      {boxes.map((box) => {
        const isChosen = box === chosen;
        const isPrimary = box.key === draft.primary;
        return (
          <EditedBox
            key={box.key}
            name={box.key}
            label={nameOf(box)}
            hint={hint}
            box={isChosen && shown ? shown : box.box}
            size={image}
            layer={layer(box.box)}
            chosen={isChosen}
            quiet={drawing || chosen !== undefined}
            focus={isChosen && view.isByKey}
            className={isPrimary ? styles.primary : styles[box.verdict]}
            onChoose={() => bench.chooseBox(box.key)}
            {...(isChosen && { onKeyDown: press })}
          >
            <span className={styles.tag}>
              {isPrimary && <Star size={11} aria-hidden fill="currentColor" />}
              {box.verdict === "rejected" && <Ban size={11} aria-hidden />}
              {kindName(t, box.kind)}
            </span>
          </EditedBox>
        );
      })}
    </BoxGround>
  );
}
