import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes } from "react";

import { buttonClass, type ButtonLook, type ButtonSize } from "./Button";

interface Props extends AnchorHTMLAttributes<HTMLAnchorElement> {
  look?: ButtonLook;
  size?: ButtonSize;
}

/** A link to another page that looks like a button. */
export const ButtonLink = createLink(function ButtonLink(props: Props) {
  const { look = "secondary", size = "normal", className, children, ...rest } = props;
  return (
    <a {...rest} className={buttonClass(className)} data-look={look} data-size={size}>
      {children}
    </a>
  );
});
