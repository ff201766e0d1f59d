import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { ImagePlus } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useMedia } from "@/components/media";
import { useTitle } from "@/components/Page";
import { Skeleton } from "@/components/Skeleton";
import { useToast } from "@/components/toast";

import { useActions, useAskedView, useChanges, useFound, type AskedView } from "./asking";
import { Facets } from "./filters/Facets";
import { whatIsGone } from "./results/Nothing";
import { isAsking, type SearchParams } from "./shared/params";
import { pictureIn, usePhoto, usePhotoDrops } from "./query/photo";
import { hitsQuery, type Hit, type Page } from "./shared/queries";
import { Results } from "./results/Results";
import styles from "./Search.module.css";
import { SearchBar } from "./query/SearchBar";
import { Toolbar } from "./filters/Toolbar";

// Not needed before something is asked; fetched meanwhile, so that a photo shows at once.
const fetchPhotoPanel = () => import("./query/PhotoPanel");
const PhotoPanel = lazy(fetchPhotoPanel);
const ProductPanel = lazy(() => import("./query/ProductPanel"));
// Seen only after a click.
const FilterDrawer = lazy(() => import("./filters/FilterDrawer"));
const Why = lazy(() => import("./results/Why"));

/** The first page: find products by photo, by words, by both, or look at the newest. */
export default function Search() {
  const { t } = useTranslation();
  const params = useSearch({ from: "/shell/" });
  const hits = useInfiniteQuery(hitsQuery(params));
  const found = useFound(hits.data);
  const { change, results } = useChanges(hits.isPlaceholderData);
  const words = useRef<HTMLInputElement>(null);
  const wide = useMedia("(min-width: 1000px)");
  const toast = useToast();
  const [why, setWhy] = useState<Hit | null>(null);
  const [isFiltering, setFiltering] = useState(false);
  const photo = usePhoto(params, (upload) => {
    change({ upload, item: undefined, box: undefined, look: undefined, product: undefined });
  });
  const takeFiles = (files: FileList) => {
    const picture = pictureIn(files);
    if (picture) photo.take(picture);
    else toast(t("search.noPicture"));
  };
  const isOver = usePhotoDrops(takeFiles);
  const focusWords = () => words.current?.focus();
  const actions = useActions(setWhy, focusWords);
  const asked = useAskedView(params, photo.picked);
  useTitle(params.q ?? "");
  useEffect(() => {
    const timer = setTimeout(() => void fetchPhotoPanel(), 1_000);
    return () => clearTimeout(timer);
  }, []);

  const isNewPhoto = photo.isSending || photo.error !== null;
  const gone = whatIsGone(hits.error);
  const asking = isAsking(params) || isNewPhoto;
  const summary = summaryOf(t, params, found.first);
  const facets = {
    params,
    counts: found.first?.facets ?? (hits.error ? NO_COUNTS : undefined),
    bounds: found.first?.price_range,
    currency: found.currency,
    onChange: change,
  };
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <h1 className={asking ? "hidden-text" : styles.title}>{t("search.title")}</h1>
        <SearchBar
          q={params.q ?? ""}
          placeholder={
            (params.upload ?? params.product) ? t("search.butHint") : t("search.wordsHint")
          }
          input={words}
          onWords={(q) => change({ q: q || undefined })}
          onFiles={takeFiles}
        />
        {!asking && <p className={styles.hint}>{t("search.dropHint")}</p>}
      </header>
      <div className={styles.columns}>
        <aside className={styles.side} aria-label={t("search.refine")}>
          <Suspense fallback={<Skeleton height="600px" />}>
            {(isNewPhoto || (params.upload && gone !== "upload")) && (
              <PhotoPanel
                params={params}
                {...photo}
                onChange={change}
                onFiles={takeFiles}
                onRemove={() => {
                  photo.forget();
                  change({ upload: undefined });
                }}
              />
            )}
            {params.product && !isNewPhoto && gone !== "product" && (
              <ProductPanel
                id={params.product}
                onBut={focusWords}
                onRemove={() => change({ product: undefined })}
              />
            )}
          </Suspense>
          {wide && <Facets {...facets} />}
        </aside>
        <section className={styles.results} ref={results} aria-label={t("search.results")}>
          <Toolbar
            params={params}
            summary={summary}
            currency={found.currency}
            hasLevels={found.hasLevels}
            onChange={change}
            onFilters={wide ? undefined : () => setFiltering(true)}
          />
          <Results
            params={params}
            hits={hits}
            found={found}
            actions={actions}
            photo={asked}
            onChange={change}
          />
        </section>
      </div>
      {isOver && (
        <div className={styles.veil}>
          <ImagePlus size={40} aria-hidden />
          {t("search.dropNow")}
        </div>
      )}
      <Suspense>
        {isFiltering && !wide && (
          <FilterDrawer
            {...facets}
            onClose={() => setFiltering(false)}
            total={found.first?.total ?? null}
          />
        )}
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
    </div>
  );
}

const NO_COUNTS = {};

function summaryOf(t: TFunction, params: SearchParams, first: Page | undefined): string {
  if (!first) return "";
  if (first.groups.length > 0) return t("search.items", { count: first.groups.length });
  if (first.total === null) return "";
  if (first.sorted != null) return t("search.bestSorted", { count: first.sorted });
  const ranked = first.total > 0 && isAsking(params) && params.sort === undefined;
  return t(ranked ? "search.ranked" : "search.products", { count: first.total });
}

/** In a look, the part of the photo is that of the row the hit stands in. */
function viewFor(hit: Hit, asked: AskedView | null, first: Page | undefined): AskedView | null {
  const group = first?.groups.find((one) => one.hits.includes(hit));
  return asked && group ? { ...asked, box: group.box } : asked;
}
