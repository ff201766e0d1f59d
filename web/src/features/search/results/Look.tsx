import type { TFunction } from "i18next";
import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";
import { CropView } from "@/components/CropView";
import { kindName } from "@/components/kindWords";
import { useMedia } from "@/components/media";

import { HitCard } from "./HitCard";
import styles from "./Look.module.css";
import type { Group } from "../shared/queries";
import type { AskedView } from "../shared/view";
import type { HitActions } from "./actions";

interface Props {
  groups: readonly Group[];
  photo: AskedView | null;
  actions: HitActions;
  onItem: (item: number) => void;
}

/** Shop the look: a row of hits for every item on the photo. */
export default function Look({ groups, photo, actions, onItem }: Props) {
  const { t } = useTranslation();
  const wide = useMedia("(min-width: 720px)");
  const width = wide ? 200 : 152;
  return (
    <div className={styles.look}>
      {groups.map((group) => (
        <section key={group.item} className={styles.group} aria-label={named(t, group)}>
          <div className={styles.head}>
            {photo && (
              <CropView src={photo.url} alt="" size={photo.size} box={group.box} height={64} />
            )}
            <h2>{kindName(t, group.kind)}</h2>
            <Button
              look="quiet"
              icon={<ArrowRight size={16} aria-hidden />}
              onClick={() => onItem(group.item)}
            >
              {t("search.allOfItem")}
            </Button>
          </div>
          {group.hits.length === 0 ? (
            <p className={styles.none}>{t("search.noneOfItem")}</p>
          ) : (
            <div role="list" className={styles.row} aria-label={named(t, group)}>
              {group.hits.map((hit) => (
                <div key={hit.product.id} role="presentation" style={{ flex: "none", width }}>
                  <HitCard hit={hit} width={width} actions={actions} />
                </div>
              ))}
            </div>
          )}
        </section>
      ))}
    </div>
  );
}

/** Two shoes on one photo are two places of one kind. */
function named(t: TFunction, group: { kind: string; item: number }): string {
  return `${kindName(t, group.kind)} ${group.item}`;
}
