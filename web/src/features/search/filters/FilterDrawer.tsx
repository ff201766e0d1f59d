import type { ComponentProps, ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";

import { Facets } from "./Facets";

interface Props extends ComponentProps<typeof Facets> {
  onClose: () => void;
  /** How many products are left. */
  total: number | null;
  /** Whether more are left than were counted. */
  capped: boolean;
  /** What else is set here, where there is no room beside the results. */
  children: ReactNode;
}

/** The filters on a narrow screen; each choice is applied at once, behind the drawer. */
export default function FilterDrawer({ onClose, total, capped, children, ...facets }: Props) {
  const { t } = useTranslation();
  const show = capped ? "search.showOver" : "search.show";
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("search.filters")}
      look="side"
      actions={
        <Button look="primary" onClick={onClose}>
          {total === null ? t("common.close") : t(show, { count: total })}
        </Button>
      }
    >
      {children}
      <Facets {...facets} />
    </Dialog>
  );
}
