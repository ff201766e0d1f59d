import type { ButtonHTMLAttributes, ReactNode } from "react";

import styles from "./Button.module.css";

export type ButtonLook = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "small" | "normal";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: ButtonLook;
  size?: ButtonSize;
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
      className={buttonClass(className)}
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

/** The class that makes a button or a link look like one, beside `extra`. */
export function buttonClass(extra?: string): string {
  return [styles.button, extra].filter(Boolean).join(" ");
}

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
