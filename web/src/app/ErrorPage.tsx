import { useRouter } from "@tanstack/react-router";

import { useTranslation } from "react-i18next";

import { Failure, Missing } from "@/components/Notice";
import { useTitle } from "@/components/Page";

/** What a page shows that could not be made ready. */
export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return <Failure error={error} retry={again} />;
}

/** An address that leads nowhere. */
export function MissingPage() {
  const { t } = useTranslation();
  useTitle(t("state.missingTitle"));
  return <Missing isPage />;
}
