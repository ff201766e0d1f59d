import { X } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ReviewProgress } from "@/api/types";
import { Button } from "@/components/Button";
import { useFacetName } from "@/components/fields";
import { count } from "@/texts/format";

import styles from "./Filters.module.css";
import { deskParams, DOUBTS, type DeskParams } from "./params";

interface Props {
  params: DeskParams;
  progress: ReviewProgress | undefined;
  onChange: (params: DeskParams) => void;
}

const FLAGGED = "flagged";

/** Which items the desk gets: by what is in doubt, and by facet. */
export function Filters({ params, progress, onChange }: Props) {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const facets = progress?.by_facet ?? [];
  const set = (name: "facet" | "doubt", value: string) =>
    onChange(deskParams({ ...params, [name]: value, flagged: value === FLAGGED }));
  const openOf = (kind: string) => progress?.by_doubt.find((one) => one.kind === kind)?.open ?? 0;
  return (
    <div className={styles.filters}>
      <select
        className={styles.select}
        aria-label={t("review.filter.doubt")}
        value={params.flagged ? FLAGGED : (params.doubt ?? "")}
        onChange={(event) => set("doubt", event.target.value)}
      >
        <option value="">{t("review.filter.anyDoubt")}</option>
        {DOUBTS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`review.filter.doubts.${kind}`)} ({count(openOf(kind))})
          </option>
        ))}
        <option value={FLAGGED}>
          {t("review.filter.flagged")} ({count(progress?.flagged ?? 0)})
        </option>
      </select>
      <select
        className={styles.select}
        aria-label={t("review.filter.facet")}
        value={params.facet ?? ""}
        onChange={(event) => set("facet", event.target.value)}
      >
        <option value="">{t("review.filter.anyFacet")}</option>
        {facets.map(({ facet, open }) => (
          <option key={facet} value={facet}>
            {facetName(facet)} ({count(open)})
          </option>
        ))}
      </select>
      {Object.keys(params).length > 0 && (
        <Button
          size="small"
          look="quiet"
          icon={<X size={15} aria-hidden />}
          onClick={() => onChange({})}
        >
          {t("review.filter.clear")}
        </Button>
      )}
    </div>
  );
}
