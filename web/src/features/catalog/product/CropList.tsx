import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UserRoundCheck } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Image, Verdict } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { reasonName } from "@/components/cropWords";
import { Cut } from "@/components/Cut";
import { kindName } from "@/components/kindWords";
import { FailureLine } from "@/components/Notice";
import { decimal, percent } from "@/texts/format";

import { choosePrimary, judgeCrop } from "./actions";
import styles from "./CropList.module.css";
import { cropsQuery, type Crop, type Crops } from "./queries";
import { partName } from "./words";

interface Props {
  productId: string;
  crops: Crops;
  image: Image;
  pointed: string | null;
  onPoint: (cropId: string | null) => void;
  editable: boolean;
}

/** What was found on one photo, why it is kept or rejected, and what people say of it. */
export function CropList({ productId, crops, image, pointed, onPoint, editable }: Props) {
  const { t } = useTranslation();
  const here = crops.crops.filter((crop) => crop.image_id === image.id);
  const { judge, choose } = useDecisions(productId);
  const busy = judge.isPending || choose.isPending;
  return (
    <section className={styles.section} aria-labelledby="crops">
      <div className={styles.head}>
        <h2 id="crops">{t("catalog.crops")}</h2>
        {editable && crops.primary_source === "person" && (
          <Button size="small" busy={busy} onClick={() => choose.mutate(null)}>
            {t("catalog.leavePrimary")}
          </Button>
        )}
      </div>
      {here.length === 0 && <p className={styles.soft}>{t("catalog.noCrops")}</p>}
      <ul className={styles.list}>
        {here.map((crop) => (
          <li key={crop.id} className={styles.crop} data-pointed={crop.id === pointed}>
            <button
              type="button"
              className={styles.cut}
              aria-label={t("catalog.pointAt", { kind: kindName(t, crop.kind) })}
              aria-pressed={crop.id === pointed}
              onClick={() => onPoint(crop.id === pointed ? null : crop.id)}
            >
              <Cut image={image} box={crop.box} side={72} />
            </button>
            <div className={styles.told}>
              <Told crop={crop} crops={crops} />
              <Parts crop={crop} />
              {editable && (
                <Decide
                  crop={crop}
                  primary={crop.id === crops.primary_crop_id}
                  chosen={crops.primary_source === "person"}
                  busy={busy}
                  onVerdict={(verdict) => judge.mutate({ cropId: crop.id, verdict })}
                  onPrimary={() => choose.mutate(crop.id)}
                />
              )}
            </div>
          </li>
        ))}
      </ul>
      <FailureLine error={judge.error ?? choose.error} />
    </section>
  );
}

function Told({ crop, crops }: { crop: Crop; crops: Crops }) {
  const { t } = useTranslation();
  const kept = crop.verdict === "kept";
  return (
    <>
      <p className={styles.name}>
        <strong>{kindName(t, crop.kind)}</strong>
        {crop.id === crops.primary_crop_id && (
          <Badge tone="accent">
            {crops.primary_source === "person"
              ? t("catalog.primaryByPerson")
              : t("catalog.primary")}
          </Badge>
        )}
        <Badge tone={kept ? "success" : crop.reason === "not_needed" ? "plain" : "warning"}>
          {kept ? t("catalog.kept") : t("catalog.rejected")}
        </Badge>
        {crop.verdict_source === "person" && (
          <span className={styles.person}>
            <UserRoundCheck size={14} aria-hidden /> {t("catalog.byPerson")}
          </span>
        )}
      </p>
      <p className={styles.soft}>
        {[
          crop.reason && reasonName(t, crop.reason),
          crop.score !== null &&
            crop.kind !== "whole" &&
            t("catalog.detectorScore", { score: percent(crop.score) }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
    </>
  );
}

function Parts({ crop }: { crop: Crop }) {
  const { t } = useTranslation();
  if (crop.primary_score === null) return null;
  const parts = Object.entries(crop.primary_parts).filter(
    (part): part is [string, number] => part[1] !== null,
  );
  return (
    <details className={styles.parts}>
      <summary>{t("catalog.score", { score: decimal(crop.primary_score) })}</summary>
      <dl>
        {parts.map(([name, value]) => (
          <div key={name}>
            <dt>{partName(t, name)}</dt>
            <dd>
              <span className={styles.track} aria-hidden>
                <span style={{ width: `${100 * Math.max(0, Math.min(1, value))}%` }} />
              </span>
              {decimal(value)}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

interface DecideProps {
  crop: Crop;
  primary: boolean;
  chosen: boolean;
  busy: boolean;
  onVerdict: (verdict: Verdict) => void;
  onPrimary: () => void;
}

function Decide({ crop, primary, chosen, busy, onVerdict, onPrimary }: DecideProps) {
  const { t } = useTranslation();
  const kind = kindName(t, crop.kind);
  return (
    <div className={styles.decide}>
      {crop.verdict === "kept" ? (
        <Button
          size="small"
          disabled={busy}
          aria-label={t("catalog.rejectOne", { kind })}
          onClick={() => onVerdict("rejected")}
        >
          {t("catalog.reject")}
        </Button>
      ) : (
        <Button
          size="small"
          disabled={busy}
          aria-label={t("catalog.keepOne", { kind })}
          onClick={() => onVerdict("kept")}
        >
          {crop.verdict_source === "person" ? t("common.restore") : t("catalog.keep")}
        </Button>
      )}
      {crop.verdict_source === "person" && (
        <Button
          size="small"
          look="quiet"
          disabled={busy}
          aria-label={t("catalog.rulesOne", { kind })}
          onClick={() => onVerdict("rules")}
        >
          {t("catalog.rules")}
        </Button>
      )}
      {!(primary && chosen) && (
        <Button
          size="small"
          look="quiet"
          disabled={busy}
          aria-label={t("catalog.makePrimaryOne", { kind })}
          onClick={onPrimary}
        >
          {primary ? t("catalog.keepPrimary") : t("catalog.makePrimary")}
        </Button>
      )}
    </div>
  );
}

function useDecisions(productId: string) {
  const queryClient = useQueryClient();
  // The answer is the whole list as it is now; the product and its likes follow.
  const onSuccess = async (crops: Crops) => {
    queryClient.setQueryData(cropsQuery(productId).queryKey, crops);
    for (const part of ["itself", "similar", "history"]) {
      await queryClient.invalidateQueries({ queryKey: ["product", productId, part] });
    }
  };
  const judge = useMutation({
    mutationFn: ({ cropId, verdict }: { cropId: string; verdict: Verdict }) =>
      judgeCrop(productId, cropId, verdict),
    onSuccess,
  });
  const choose = useMutation({
    mutationFn: (cropId: string | null) => choosePrimary(productId, cropId),
    onSuccess,
  });
  return { judge, choose };
}
