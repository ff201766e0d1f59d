import type { ComponentProps } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";

import { Facets } from "./Facets";

interface Props extends ComponentProps<typeof Facets> {
  onClose: () => void;
  /** What the button that closes it says: how many results there are. */
  done: string;
}

/** The filters on a narrow screen; each choice is applied at once, behind the drawer. */
export default function FilterDrawer({ onClose, done, ...facets }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("search.filters")}
      look="side"
      actions={
        <Button look="primary" onClick={onClose}>
          {done}
        </Button>
      }
    >
      <Facets {...facets} />
    </Dialog>
  );
}
