import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { Suggestion } from "@/api/types";
import { isLanguage } from "@/texts";

/** How long nobody types before it is asked, in milliseconds. */
const PAUSE = 150;

interface Suggesting {
  /** The list, as far as it is open. */
  readonly shown: readonly Suggestion[];
  /** Which of it Enter takes; -1 for what was typed. */
  readonly active: number;
  readonly close: () => void;
  /** Told that somebody typed this. */
  readonly onTyped: (text: string) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** How a text that is being typed may go on, as the list of a combobox. */
export function useSuggestions(onChosen: (text: string) => void): Suggesting {
  const { language } = useTranslation().i18n;
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(-1);
  const asked = useLater(typed);
  const found = useQuery({
    queryKey: ["suggestions", asked, language],
    queryFn: async ({ signal }) => {
      const query = { q: asked, language: isLanguage(language) ? language : "en" };
      return held(await api.GET("/v1/suggestions", { params: { query }, signal })).suggestions;
    },
    enabled: asked !== "",
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  const shown = typed === "" ? [] : (found.data ?? []);
  const close = () => {
    setTyped("");
    setActive(-1);
  };
  return {
    shown,
    active,
    close,
    onTyped: (text) => {
      setTyped(text.trim() === "" ? "" : text);
      setActive(-1);
    },
    onKeyDown: (event) => {
      if (event.nativeEvent.isComposing || shown.length === 0) return;
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      const chosen = shown[active];
      if (step !== 0) {
        // In a ring, of which what was typed is one place.
        const places = shown.length + 1;
        setActive(((active + 1 + step + places) % places) - 1);
      } else if (event.key === "Enter" && chosen) {
        close();
        onChosen(chosen.text);
      } else if (event.key === "Escape") close();
      else {
        if (event.key === "Enter") close(); // and the form is sent
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
  };
}

/** The text, once nobody has typed for a moment; nothing is at once nothing. */
function useLater(text: string): string {
  const [later, setLater] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), text === "" ? 0 : PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return text === "" ? "" : later;
}
