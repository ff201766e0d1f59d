import { Menu as Base } from "@base-ui/react/menu";
import { Link, type LinkProps } from "@tanstack/react-router";
import { Check } from "lucide-react";
import type { ReactNode } from "react";

import { IconButton } from "./Button";
import styles from "./Menu.module.css";

interface Props {
  label: string;
  icon: ReactNode;
  /** Open from the beginning: somebody asked for it before its code was here. */
  defaultOpen?: boolean;
  children: ReactNode;
}

/** A menu behind an icon. */
export function Menu({ label, icon, defaultOpen = false, children }: Props) {
  return (
    <Base.Root modal={false} defaultOpen={defaultOpen}>
      <Base.Trigger render={<IconButton label={label} />}>{icon}</Base.Trigger>
      <Base.Portal>
        <Base.Positioner className={styles.place} sideOffset={6} align="end">
          <Base.Popup className={styles.popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <Base.Item className={styles.item} onClick={onClick}>
      {children}
    </Base.Item>
  );
}

export function MenuLink({
  to,
  children,
}: {
  to: NonNullable<LinkProps["to"]>;
  children: ReactNode;
}) {
  return (
    <Base.Item className={styles.item} render={<Link to={to} />}>
      {children}
    </Base.Item>
  );
}

/** A line that is no choice: who one is, for instance. */
export function MenuLine({ children }: { children: ReactNode }) {
  return <div className={styles.line}>{children}</div>;
}

interface ChoiceProps {
  label: string;
  value: string;
  choices: Readonly<Record<string, string>>;
  onChange: (value: string) => void;
}

/** One of several, marked. */
export function MenuChoice({ label, value, choices, onChange }: ChoiceProps) {
  return (
    <Base.Group className={styles.group}>
      <Base.GroupLabel className={styles.label}>{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={(next) => onChange(String(next))}>
        {Object.entries(choices).map(([name, shown]) => (
          <Base.RadioItem key={name} value={name} className={styles.item} closeOnClick>
            <span>{shown}</span>
            <Base.RadioItemIndicator className={styles.mark}>
              <Check size={16} aria-hidden />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}
