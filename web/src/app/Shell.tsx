import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Activity, ClipboardCheck, LayoutGrid, Plus, Search, UserRound } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState, type ComponentType } from "react";
import { useTranslation } from "react-i18next";

import { may } from "@/api/queries";
import { useMe } from "@/components/me";
import { IconButton } from "@/components/Button";
import { useMedia } from "@/components/media";

import { OfflineBar } from "./OfflineBar";
import styles from "./Shell.module.css";
import { focusResults, useShortcuts } from "./shortcuts";

// A menu is much code for a first page that seldom needs it: it comes when somebody comes near.
const fetchMenu = () => import("./AccountMenu");
const AccountMenu = lazy(fetchMenu);
const ShortcutsDialog = lazy(() => import("./ShortcutsDialog"));

/** The frame around every page: where one can go, and who one is. */
export function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const isNarrow = useMedia("(max-width: 480px)");
  const content = useFocusOnNewPages();
  const [isHelping, setHelping] = useState(false);
  return (
    <>
      <a className={styles.skip} href="#content">
        {t("app.skip")}
      </a>
      <SkipToResults />
      <header className={styles.bar}>
        <Link to="/" search={{}} className={styles.name}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          Vitrine
        </Link>
        <nav className={styles.nav} aria-label={t("app.navigation")}>
          <Place to="/" icon={Search} text={t("app.search")} />
          <Place to="/catalogue" icon={LayoutGrid} text={t("app.catalogue")} />
          {may(me, "editor") && (
            <Place to="/add" icon={Plus} text={isNarrow ? t("app.addShort") : t("app.add")} />
          )}
          {may(me, "reviewer") && (
            <Place to="/review" icon={ClipboardCheck} text={t("app.review")} />
          )}
          <Place to="/jobs" icon={Activity} text={t("app.jobs")} />
        </nav>
        <MenuPlace onShortcuts={() => setHelping(true)} />
      </header>
      <OfflineBar />
      <Shortcuts isOpen={isHelping} onOpen={setHelping} />
      <main id="content" ref={content} className={styles.content} tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

/** Past the words and the filters, where there are results. */
function SkipToResults() {
  const { t } = useTranslation();
  const isSearch = useRouterState({ select: ({ location }) => location.pathname === "/" });
  if (!isSearch) return null;
  return (
    <a
      className={styles.skip}
      href="#results"
      onClick={(event) => {
        event.preventDefault();
        focusResults();
      }}
    >
      {t("app.skipResults")}
    </a>
  );
}

function Shortcuts({ isOpen, onOpen }: { isOpen: boolean; onOpen: (open: boolean) => void }) {
  useShortcuts(() => onOpen(true));
  return <Suspense>{isOpen && <ShortcutsDialog onClose={() => onOpen(false)} />}</Suspense>;
}

function MenuPlace({ onShortcuts }: { onShortcuts: () => void }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(false);
  const near = () => void fetchMenu();
  const button = (
    <IconButton
      label={t("app.menu")}
      aria-haspopup="menu"
      onPointerEnter={near}
      onFocus={near}
      onClick={() => setWanted(true)}
    >
      <UserRound size={20} aria-hidden />
    </IconButton>
  );
  return wanted ? (
    <Suspense fallback={button}>
      <AccountMenu onShortcuts={onShortcuts} />
    </Suspense>
  ) : (
    button
  );
}

/** Whoever goes to another page goes on there with the keyboard, not behind in the menu. */
function useFocusOnNewPages() {
  const content = useRef<HTMLElement>(null);
  // The page that is shown, not the one that is still being fetched.
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const before = useRef(path);
  useEffect(() => {
    const first = before.current === undefined;
    if (before.current === path) return;
    before.current = path;
    if (first) return;
    const main = content.current;
    if (!main?.contains(document.activeElement)) main?.focus({ preventScroll: true });
  }, [path]);
  return content;
}

interface PlaceProps {
  to: "/" | "/catalogue" | "/add" | "/review" | "/jobs";
  icon: ComponentType<{ size?: number; "aria-hidden"?: boolean }>;
  text: string;
}

function Place({ to, icon: Icon, text }: PlaceProps) {
  return (
    <Link
      to={to}
      search={{}}
      className={styles.place}
      activeOptions={{ exact: to === "/", includeSearch: false }}
    >
      <Icon size={18} aria-hidden />
      <span>{text}</span>
    </Link>
  );
}
