import type { ButtonHTMLAttributes, ReactNode } from "react";

import styles from "./Button.module.css";

type Look = "primary" | "secondary" | "quiet" | "danger";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  size?: "small" | "normal";
  busy?: boolean;
  icon?: ReactNode;
}

/** A button; while busy it keeps its size and takes no second click. */
export function Button({ look = "secondary", size = "normal", busy, icon, ...rest }: Props) {
  const { children, className, disabled, type, ...others } = rest;
  return (
    <button
      {...others}
      type={type ?? "button"}
      className={[styles.button, className].filter(Boolean).join(" ")}
      data-look={look}
      data-size={size}
      aria-busy={busy ?? false}
      disabled={disabled ?? busy ?? false}
    >
      {icon}
      {children}
    </button>
  );
}

/** The same look for a link: `<Link className={buttonLook}>`, with data-look and data-size. */
export const buttonLook = styles.button;

interface IconProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Its name, for those who do not see the icon, and as a tooltip unless `title` is shorter. */
  label: string;
}

/** A button that shows an icon only. */
export function IconButton({ label, title, children, className, type, ...rest }: IconProps) {
  return (
    <button
      {...rest}
      type={type ?? "button"}
      className={[styles.icon, className].filter(Boolean).join(" ")}
      aria-label={label}
      title={title ?? label}
    >
      {children}
    </button>
  );
}
