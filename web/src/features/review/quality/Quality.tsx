import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Gauge } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ReviewQuality } from "@/api/types";
import { Notice } from "@/components/Notice";
import { Pills } from "@/components/Pills";
import { QueryState } from "@/components/QueryState";

import { ReviewFrame } from "../shared/ReviewFrame";
import { Accuracy } from "./Accuracy";
import { Agreement } from "./Agreement";
import { OverTime } from "./OverTime";
import { Pace } from "./Pace";
import { SPANS, USUAL, type QualityParams } from "./params";
import styles from "./Quality.module.css";
import { qualityQuery } from "./queries";
import { Reviewers } from "./Reviewers";

const route = getRouteApi("/shell/review/quality");

/** How good the models are, by what people said of a random share; and how well people agree. */
export default function Quality() {
  const { t } = useTranslation();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const days = params.days ?? USUAL;
  const found = useQuery(qualityQuery(days));
  const go = (more: QualityParams) =>
    void navigate({ search: { ...params, ...more }, replace: true, resetScroll: false });
  return (
    <ReviewFrame
      title={t("review.quality.pageTitle")}
      tools={
        <Pills
          label={t("review.quality.span")}
          value={String(days)}
          choices={SPANS.map((span) => [String(span), t("review.quality.days", { count: span })])}
          onChange={(span) => go({ days: Number(span) })}
        />
      }
    >
      <QueryState query={found} height="70vh" />
      {found.data && (
        <Shown quality={found.data} facet={params.facet} onFacet={(facet) => go({ facet })} />
      )}
    </ReviewFrame>
  );
}

interface ShownProps {
  quality: ReviewQuality;
  facet: string | undefined;
  onFacet: (facet: string) => void;
}

function Shown({ quality, facet, onFacet }: ShownProps) {
  const { t } = useTranslation();
  if (quality.pace.every(({ n }) => n === 0)) {
    return (
      <Notice icon={<Gauge aria-hidden />} title={t("review.quality.empty")}>
        {t("review.quality.emptyText")}
      </Notice>
    );
  }
  return (
    <div className={styles.panels}>
      <Accuracy quality={quality} />
      <OverTime {...{ quality, facet, onFacet }} />
      <Agreement facets={quality.facets} />
      <Reviewers reviewers={quality.reviewers} />
      <Pace pace={quality.pace} />
    </div>
  );
}
