import { Link } from "@tanstack/react-router";
import { Images, PackageOpen, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/api/problem";
import { may } from "@/api/queries";
import { Button, buttonLook } from "@/components/Button";
import { useMe } from "@/components/me";
import { Failure, Notice } from "@/components/Notice";

import { isNarrowed, WIDENED, type Change, type SearchParams } from "../shared/params";

interface Props {
  params: SearchParams;
  onChange: (change: Change) => void;
}

/** No hits: because of the filters, because of the words, or because there are no products. */
export function NoHits({ params, onChange }: Props) {
  const { t } = useTranslation();
  if (isNarrowed(params)) {
    return (
      <Notice
        icon={<SearchX aria-hidden />}
        title={t("search.noMatch")}
        actions={
          <Button look="primary" onClick={() => onChange(WIDENED)}>
            {t("search.clear")}
          </Button>
        }
      >
        {t("search.noMatchFiltered")}
      </Notice>
    );
  }
  if (params.product) {
    return (
      <Notice icon={<SearchX aria-hidden />} title={t("search.noMatch")}>
        {t("search.noMatchText")}
      </Notice>
    );
  }
  return <NoProducts />;
}

function NoProducts() {
  const { t } = useTranslation();
  const isEditor = may(useMe(), "editor");
  return (
    <Notice
      icon={<PackageOpen aria-hidden />}
      title={t("search.empty")}
      actions={
        isEditor && (
          <>
            <Link to="/import" className={buttonLook} data-look="primary">
              {t("search.import")}
            </Link>
            <Link to="/add" className={buttonLook} data-look="secondary">
              {t("app.add")}
            </Link>
          </>
        )
      }
    >
      {isEditor ? t("search.emptyEditor") : t("search.emptyViewer")}
    </Notice>
  );
}

interface FailedProps extends Props {
  error: Error;
  retry: () => void;
}

/** Why there are no hits to show; a photo or product that is gone is no fault of anybody. */
export function Failed({ error, retry, params, onChange }: FailedProps) {
  const { t } = useTranslation();
  if (isUncalibrated(error)) {
    return (
      <Notice
        icon={<SearchX aria-hidden />}
        title={t("search.noLevels")}
        actions={
          <Button look="primary" onClick={() => onChange({ level: undefined })}>
            {t("search.least.all")}
          </Button>
        }
      >
        {t("search.noLevelsText")}
      </Notice>
    );
  }
  const gone = whatIsGone(error);
  if (gone === null) return <Failure error={error} retry={retry} />;
  const go = (
    <Button look="primary" onClick={() => onChange({ [gone]: undefined })}>
      {params.q ? t("search.wordsOnly") : t("search.browse")}
    </Button>
  );
  return gone === "upload" ? (
    <Notice icon={<Images aria-hidden />} title={t("search.photoGone")} actions={go}>
      {t("search.photoGoneText")}
    </Notice>
  ) : (
    <Notice icon={<Images aria-hidden />} title={t("search.productGone")} actions={go}>
      {t("search.productGoneText")}
    </Notice>
  );
}

/** Whether the server no longer has what was searched with. */
export function whatIsGone(error: Error | null): "upload" | "product" | null {
  if (!(error instanceof Problem)) return null;
  if (error.code === "upload_unknown" || "upload_id" in error.fields) return "upload";
  const product = ["product_unknown", "not_indexed"].includes(error.code);
  return product || "product_id" in error.fields ? "product" : null;
}

/** Whether hits of a level were asked for where levels mean nothing. */
function isUncalibrated(error: Error): boolean {
  return error instanceof Problem && "min_level" in error.fields;
}
