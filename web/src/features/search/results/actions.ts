import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";

import type { Hit } from "../shared/queries";

/** What can be done with a hit. The functions must stay the same ones, for the sake of speed. */
export interface HitActions {
  onLike: (hit: Hit) => void;
  onBut: (hit: Hit) => void;
  onWhy: (hit: Hit) => void;
}

/** What can be done with a hit; always the same functions, so that cards need not draw anew. */
export function useActions(onWhy: (hit: Hit | null) => void, focusWords: () => void): HitActions {
  const navigate = useNavigate();
  const told = useRef({ onWhy, focusWords });
  useEffect(() => {
    told.current = { onWhy, focusWords };
  });
  return useMemo(() => {
    const like = async (hit: Hit) => {
      told.current.onWhy(null);
      await navigate({ to: "/", search: { product: hit.product.id } });
    };
    return {
      onLike: (hit) => void like(hit),
      onBut: (hit) => {
        void like(hit).then(() => {
          told.current.focusWords();
        });
      },
      onWhy: (hit) => {
        told.current.onWhy(hit);
      },
    };
  }, [navigate]);
}
