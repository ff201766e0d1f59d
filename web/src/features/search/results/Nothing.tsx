import { Images, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";

import { may } from "@/api/queries";
import { Button } from "@/components/Button";
import { NoProducts, NothingFits } from "@/components/Empty";
import { useMe } from "@/components/me";
import { Failure, Notice } from "@/components/Notice";

import { isNarrowed, WIDENED, type Change, type SearchParams } from "../shared/params";
import { isUncalibrated, whatIsGone } from "./failure";

interface Props {
  params: SearchParams;
  onChange: (change: Change) => void;
}

/** No hits: because of the filters, because of the words, or because there are no products. */
export function NoHits({ params, onChange }: Props) {
  const { t } = useTranslation();
  const isEditor = may(useMe(), "editor");
  if (isNarrowed(params)) {
    return (
      <NothingFits
        title={t("search.noMatch")}
        clear={t("search.clear")}
        look="primary"
        onClear={() => onChange(WIDENED)}
      >
        {t("search.noMatchFiltered")}
      </NothingFits>
    );
  }
  if (params.product) {
    return (
      <Notice icon={<SearchX aria-hidden />} title={t("search.noMatch")}>
        {t("search.noMatchText")}
      </Notice>
    );
  }
  return (
    <NoProducts title={t("search.empty")} importing={t("search.import")} first="import">
      {isEditor ? t("search.emptyEditor") : t("search.emptyViewer")}
    </NoProducts>
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
      <NothingFits
        title={t("search.noLevels")}
        clear={t("search.least.all")}
        look="primary"
        onClear={() => onChange({ level: undefined })}
      >
        {t("search.noLevelsText")}
      </NothingFits>
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
