import { useEffect, useRef, useSyncExternalStore } from "react";

import { DEFAULTS, readKeys, withKey, type Act, type Keys, type Screen } from "./keys";

const KEPT = "vitrine.review.keys";
const OFF = "vitrine.review.keysOff";
const listeners = new Set<() => void>();
const read: { text: string | null; keys: { [On in Screen]?: Keys<On> } } = { text: null, keys: {} };

/** The keys of a screen as this browser keeps them, and whether keys do anything at all. */
export function useKeys<On extends Screen>(screen: On) {
  const keys = useSyncExternalStore(onChange, () => keysOf(screen));
  const isOn = useSyncExternalStore(onChange, () => localStorage.getItem(OFF) === null);
  return {
    keys,
    isOn,
    setOn: (on: boolean) => {
      if (on) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "off");
      tell();
    },
    setKey: (act: Act<On>, key: string) => keep(screen, withKey(keys, act, key)),
    reset: () => keep(screen, DEFAULTS[screen] as Keys<On>),
  };
}

/** Call `press` with every key that is not typed into something; true means it was taken. */
export function useKeyPress(isOn: boolean, press: (event: KeyboardEvent) => boolean): void {
  const told = useRef(press);
  useEffect(() => {
    told.current = press;
  });
  useEffect(() => {
    if (!isOn) return;
    const listen = (event: KeyboardEvent) => {
      if (isMeantForUs(event) && told.current(event)) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [isOn]);
}

function isMeantForUs(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  // Not yet focused, perhaps, but what is typed is meant for it. (Messages are dialogs by role.)
  if (document.querySelector('[role="dialog"][data-look], [role="menu"]')) return false;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return true;
  if (target.matches("select, textarea, input:not([type=checkbox], [type=radio])")) return false;
  // What is focused by keyboard keeps its own keys; a box or a tile has none.
  const presses = event.key === "Enter" || event.key === " ";
  return !(presses && target.matches("button:not([data-box], [data-tile]), a, summary, input"));
}

function keysOf<On extends Screen>(screen: On): Keys<On> {
  const text = localStorage.getItem(KEPT);
  if (text !== read.text) Object.assign(read, { text, keys: {} });
  const keys = (read.keys[screen] as Keys<On> | undefined) ?? readKeys(screen, kept()[screen]);
  Object.assign(read.keys, { [screen]: keys });
  return keys;
}

function keep<On extends Screen>(screen: On, keys: Keys<On>): void {
  localStorage.setItem(KEPT, JSON.stringify({ ...kept(), [screen]: keys }));
  tell();
}

function kept(): Record<string, unknown> {
  try {
    const told: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return typeof told === "object" && told !== null ? { ...told } : {};
  } catch {
    return {}; // something else's
  }
}

function onChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
