import { useInfiniteQuery, type UseInfiniteQueryResult } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { ImagePlus } from "lucide-react";
import { lazy, Suspense, useDeferredValue, useMemo, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import type { RecognisedWords } from "@/api/types";
import { useFields, useHasParts } from "@/components/fields";
import { useMedia } from "@/components/media";
import { useTitle } from "@/components/Page";
import { Skeleton } from "@/components/Skeleton";

import { Facets } from "./filters/Facets";
import { Toolbar } from "./filters/Toolbar";
import { useAskedView } from "./query/asked";
import { QueryPanels } from "./query/QueryPanels";
import { SearchBar } from "./query/SearchBar";
import { useSearchedPhoto, type SearchedPhoto } from "./query/useSearchedPhoto";
import { useActions } from "./results/actions";
import { whatIsGone } from "./results/failure";
import { useFound, type Found } from "./results/found";
import { Results } from "./results/Results";
import styles from "./Search.module.css";
import { isAsking, type Change, type SearchParams } from "./shared/params";
import { hitsQuery, type Hit, type Page } from "./shared/queries";
import type { AskedView } from "./shared/view";
import { useAsked, useFollowing } from "./useAsked";
import { useChanges } from "./useChanges";

// Seen only after a click.
const FilterDrawer = lazy(() => import("./filters/FilterDrawer"));
const EmphasisSlider = lazy(() => import("./filters/EmphasisSlider"));
const Samples = lazy(() => import("./query/Samples"));
const Why = lazy(() => import("./results/Why"));

/** The first page: find products by photo, by words, by both, or look at the newest. */
export default function Search() {
  const { t } = useTranslation();
  const { params, ahead, expect } = useAsked();
  const hits = useInfiniteQuery(hitsQuery(params, useFields()));
  const found = useFound(hits.data);
  const { change: navigate, results } = useChanges(hits.isPlaceholderData);
  const change = useFollowing(ahead, navigate);
  const words = useRef<HTMLInputElement>(null);
  const focusWords = () => words.current?.focus();
  const wide = useMedia("(min-width: 1000px)");
  const [isFiltering, setFiltering] = useState(false);
  const photo = useSearchedPhoto(params, expect);
  const { first } = found;
  useTitle(params.q ?? "");
  const facets = { ...useNarrowing(params, found, hits.error !== null), onChange: change };
  return (
    <div className={styles.page}>
      <Top params={params} photo={photo} words={words} onChange={change} />
      <div className={styles.columns}>
        <aside className={styles.side} aria-label={t("search.refine")}>
          <QueryPanels
            {...{ params, photo, focusWords }}
            gone={whatIsGone(hits.error)}
            onChange={change}
          />
          {wide && <Emphasis params={params} onChange={change} />}
          {wide && <Facets {...facets} />}
        </aside>
        <section
          id="results"
          tabIndex={-1}
          className={styles.results}
          ref={results}
          aria-label={t("search.results")}
        >
          <Answer
            {...{ params, hits, found, photo, focusWords }}
            onChange={change}
            onFilters={wide ? undefined : () => setFiltering(true)}
          />
        </section>
      </div>
      {photo.isOver && <Veil />}
      <Suspense>
        {isFiltering && !wide && (
          <FilterDrawer
            {...facets}
            onClose={() => setFiltering(false)}
            total={first?.total ?? null}
            capped={first?.capped ?? false}
          >
            <Emphasis params={params} onChange={change} />
          </FilterDrawer>
        )}
      </Suspense>
    </div>
  );
}

/** What the facets show; drawn right after the hits where the photo is another. */
function useNarrowing(params: SearchParams, { first, currency }: Found, hasFailed: boolean) {
  const counts = first?.facets ?? (hasFailed ? NO_COUNTS : undefined);
  const bounds = first?.price_range;
  const shown = useMemo(
    () => ({ params, counts, bounds, currency }),
    [params, counts, bounds, currency],
  );
  const before = useDeferredValue(shown);
  return before.params.upload === params.upload ? shown : before;
}

/** Over everything, while a photo hovers. */
function Veil() {
  const { t } = useTranslation();
  return (
    <div className={styles.veil}>
      <ImagePlus size={40} aria-hidden />
      {t("search.dropNow")}
    </div>
  );
}

/** What counts of the looks, where there are looks to compare and vectors tell them apart. */
function Emphasis({ params, onChange }: { params: SearchParams; onChange: (to: Change) => void }) {
  const hasParts = useHasParts();
  if (!hasParts || !isAsking(params)) return null;
  return (
    <Suspense fallback={<Skeleton height="104px" />}>
      <EmphasisSlider
        emphasis={params.emphasis ?? 0}
        onChange={(emphasis) => onChange({ emphasis: emphasis || undefined })}
      />
    </Suspense>
  );
}

interface AnswerProps {
  params: SearchParams;
  hits: UseInfiniteQueryResult;
  found: Found;
  photo: SearchedPhoto;
  focusWords: () => void;
  onChange: (change: Change) => void;
  onFilters: (() => void) | undefined;
}

/** What was found, how it is ordered and narrowed, and why a hit is among it. */
function Answer({ params, hits, found, photo, focusWords, onChange, onFilters }: AnswerProps) {
  const { t } = useTranslation();
  const [why, setWhy] = useState<Hit | null>(null);
  const actions = useActions(setWhy, focusWords);
  const asked = useAskedView(params, photo.picked);
  return (
    <>
      <Toolbar
        params={params}
        summary={summaryOf(t, params, found.first)}
        counts={found.first?.facets}
        recognised={found.first?.recognised ?? NOTHING_MORE}
        currency={found.currency}
        hasLevels={found.hasLevels}
        onChange={onChange}
        onFilters={onFilters}
      />
      <Results
        {...{ params, hits, found, actions, onChange }}
        isOld={hits.isPlaceholderData || photo.isSending}
        photo={asked}
      />
      <Suspense>
        {why && (
          <Why
            hit={why}
            asked={viewFor(why, asked, found.first)}
            onClose={() => setWhy(null)}
            onLike={actions.onLike}
            onBut={actions.onBut}
          />
        )}
      </Suspense>
    </>
  );
}

const NO_COUNTS = {};
const NOTHING_MORE: RecognisedWords[] = [];

interface TopProps {
  params: SearchParams;
  photo: SearchedPhoto;
  words: RefObject<HTMLInputElement | null>;
  onChange: (change: Change) => void;
}

/** The words, in the middle of all until something is asked. */
function Top({ params, photo, words, onChange }: TopProps) {
  const { t } = useTranslation();
  const asking = isAsking(params) || photo.isNew;
  return (
    <header className={styles.top}>
      <h1 className={asking ? "hidden-text" : styles.title}>{t("search.title")}</h1>
      <SearchBar
        q={params.q ?? ""}
        placeholder={
          (params.upload ?? params.product) ? t("search.butHint") : t("search.wordsHint")
        }
        input={words}
        onWords={(q) => onChange({ q: q || undefined, plain: undefined })}
        onFiles={photo.takeFiles}
        onPhoto={photo.take}
      />
      {!asking && (
        <>
          <p className={styles.hint}>{t("search.dropHint")}</p>
          <Suspense fallback={<Skeleton height="74px" />}>
            <Samples onPhoto={photo.take} />
          </Suspense>
        </>
      )}
    </header>
  );
}

function summaryOf(t: TFunction, params: SearchParams, first: Page | undefined): string {
  if (!first) return "";
  if (first.groups.length > 0) return t("search.items", { count: first.groups.length });
  if (first.total === null) return "";
  if (first.sorted != null) return t("search.bestSorted", { count: first.sorted });
  const ranked = first.total > 0 && isAsking(params) && params.sort === undefined;
  if (first.capped) {
    return t(ranked ? "search.rankedOver" : "search.productsOver", { count: first.total });
  }
  return t(ranked ? "search.ranked" : "search.products", { count: first.total });
}

/** In a look, the part of the photo is that of the row the hit stands in. */
function viewFor(hit: Hit, asked: AskedView | null, first: Page | undefined): AskedView | null {
  const group = first?.groups.find((one) => one.hits.includes(hit));
  return asked && group ? { ...asked, box: group.box } : asked;
}
