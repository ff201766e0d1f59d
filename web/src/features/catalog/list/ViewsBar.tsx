import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BookmarkPlus, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import type { SavedView } from "@/api/types";
import { Button, IconButton } from "@/components/Button";
import { useSeesScores } from "@/components/me";
import { useToast } from "@/components/toast";

import type { CatalogueParams } from "./params";
import { deleteView, viewsQuery } from "./queries";
import { builtIn, BUILT_IN, isSame, opened } from "./views";
import styles from "./ViewsBar.module.css";

// Only for those who keep one.
const SaveDialog = lazy(() => import("./SaveDialog"));

interface Props {
  params: CatalogueParams;
  onChange: (params: CatalogueParams) => void;
}

/** The views there always are, those that the reader saved, and the way to save what is shown. */
export function ViewsBar({ params, onChange }: Props) {
  const { t } = useTranslation();
  const scored = useSeesScores();
  const [saving, setSaving] = useState(false);
  const { data: saved = [] } = useQuery(viewsQuery);
  const offered = BUILT_IN.filter((name) => name !== "unsure" || scored);
  const own = saved.find((view) => isSame(opened(view), params));
  const fixed = offered.find((name) => isSame(builtIn(name, params), params));
  return (
    <div className={styles.bar} role="group" aria-label={t("catalog.views.label")}>
      {offered.map((name) => (
        <Pill
          key={name}
          name={name === "photos" ? t("catalog.withoutPhotos") : t(`catalog.views.${name}`)}
          on={!own && name === fixed}
          onClick={() => onChange(builtIn(name, params))}
        />
      ))}
      {saved.map((view) => (
        <Pill
          key={view.id}
          name={view.name}
          on={view === own}
          onClick={() => onChange(opened(view))}
        />
      ))}
      {own ? (
        <Forget view={own} />
      ) : (
        fixed === undefined && (
          <Button
            size="small"
            look="quiet"
            icon={<BookmarkPlus size={16} aria-hidden />}
            onClick={() => setSaving(true)}
          >
            {t("catalog.views.save")}
          </Button>
        )
      )}
      {saving && (
        <Suspense fallback={null}>
          <SaveDialog params={params} saved={saved} onClose={() => setSaving(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Pill({ name, on, onClick }: { name: string; on: boolean; onClick: () => void }) {
  return (
    <button type="button" className={styles.pill} aria-pressed={on} onClick={onClick}>
      {name}
    </button>
  );
}

function Forget({ view }: { view: SavedView }) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  const forget = useMutation({
    mutationFn: () => deleteView(view.id),
    onSuccess: async () => {
      say(t("catalog.views.deleted", { name: view.name }));
      await queryClient.invalidateQueries({ queryKey: viewsQuery.queryKey });
    },
    onError: (error) => say(error.message),
  });
  return (
    <IconButton
      label={t("catalog.views.delete", { name: view.name })}
      disabled={forget.isPending}
      onClick={() => forget.mutate()}
    >
      <Trash2 size={16} aria-hidden />
    </IconButton>
  );
}
