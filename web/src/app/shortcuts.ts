import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

/** What the field for words is known by, wherever one is. */
const WORDS = 'input[type="search"][name="q"]';

/**
 * `/` goes to the words of the search, `?` tells all shortcuts; while one types they are letters.
 * The desk of reviewing has keys of its own.
 */
export function useShortcuts(onHelp: () => void): void {
  const navigate = useNavigate();
  const told = useRef({ navigate, onHelp });
  useEffect(() => {
    told.current = { navigate, onHelp };
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.key !== "/" && event.key !== "?") || !isFree(event)) return;
      event.preventDefault();
      if (event.key === "?") told.current.onHelp();
      else if (!focusWords()) void told.current.navigate({ to: "/" }).then(focusSoon);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

/** Go to the first result, where there is one. */
export function focusResults(): void {
  const results = document.getElementById("results");
  (results?.querySelector<HTMLElement>('[role="listitem"] a[tabindex="0"]') ?? results)?.focus();
}

function isFree(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (location.pathname.startsWith("/review")) return false;
  if (document.querySelector('[role="dialog"][data-look], [role="menu"]')) return false;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return true;
  const typed = "select, textarea, [contenteditable], input:not([type=checkbox], [type=radio])";
  return !target.closest(typed);
}

function focusWords(): boolean {
  const words = document.querySelector<HTMLInputElement>(WORDS);
  words?.focus();
  words?.select();
  return words !== null;
}

/** Once the page is there: its code may still be on its way. */
function focusSoon(): void {
  const end = Date.now() + 5_000;
  const again = () => {
    if (!focusWords() && Date.now() < end) requestAnimationFrame(again);
  };
  again();
}
