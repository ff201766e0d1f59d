import { PackageOpen, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { may } from "@/api/queries";

import { Button, type ButtonLook } from "./Button";
import { ButtonLink } from "./ButtonLink";
import { useMe } from "./me";
import { Notice } from "./Notice";

interface NothingFitsProps {
  title: string;
  icon?: ReactNode;
  /** What the button that widens the list again says. */
  clear: string;
  look?: ButtonLook;
  onClear: () => void;
  children?: ReactNode;
}

/** A list that is empty because of what narrows it, with the way back to more. */
export function NothingFits({ title, icon, clear, look, onClear, children }: NothingFitsProps) {
  return (
    <Notice
      icon={icon ?? <SearchX aria-hidden />}
      title={title}
      actions={
        <Button look={look ?? "secondary"} onClick={onClear}>
          {clear}
        </Button>
      }
    >
      {children}
    </Notice>
  );
}

interface NoProductsProps {
  title: string;
  /** What the link to the import says. */
  importing: string;
  /** The way in that is offered first. */
  first: "add" | "import";
  children: ReactNode;
}

/** There are no products at all: whoever may add some is shown the ways in. */
export function NoProducts({ title, importing, first, children }: NoProductsProps) {
  const { t } = useTranslation();
  const isEditor = may(useMe(), "editor");
  const add = (
    <ButtonLink key="add" to="/add" look={first === "add" ? "primary" : "secondary"}>
      {t("app.add")}
    </ButtonLink>
  );
  const bring = (
    <ButtonLink key="import" to="/import" look={first === "import" ? "primary" : "secondary"}>
      {importing}
    </ButtonLink>
  );
  return (
    <Notice
      icon={<PackageOpen aria-hidden />}
      title={title}
      actions={isEditor && (first === "add" ? [add, bring] : [bring, add])}
    >
      {children}
    </Notice>
  );
}
