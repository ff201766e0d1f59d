import { Layers } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Edges } from "@/components/BoxedPhoto";
import { CropView } from "@/components/CropView";
import { kindName } from "@/components/kindWords";

import { isWhole, whole, type Size } from "@/components/boxes";
import styles from "./Choices.module.css";
import type { Change, SearchParams } from "../shared/params";
import type { Item } from "../shared/queries";

interface Props {
  photo: { url: string; size: Size } | null;
  items: readonly Item[];
  chosen: Chosen;
  isLook: boolean;
  /** The number of the item that is searched where none is chosen. */
  main: number | undefined;
  onChange: (change: Change) => void;
}

/** What of the photo is searched. */
export interface Chosen {
  item?: number | undefined;
  box?: Edges | undefined;
}

/** The whole photo, every item at once, or one: the same choices as on the photo, in words. */
export function Choices({ photo, items, chosen, isLook, main, onChange }: Props) {
  const { t } = useTranslation();
  const isWhole = !isLook && chosen.item === undefined && chosen.box === undefined;
  // The main item is what the server takes, unless told to take it all.
  const all = photo && main !== undefined ? whole(photo.size) : undefined;
  return (
    <div className={styles.choices} role="group" aria-label={t("search.whatToSearch")}>
      <div className={styles.wide}>
        <Choice
          on={isWhole}
          disabled={photo === null}
          onClick={() => onChange({ item: undefined, look: undefined, box: all })}
        >
          {t("search.whole")}
        </Choice>
        <Choice
          on={isLook}
          disabled={photo === null || items.length < 2}
          onClick={() => onChange({ look: true })}
        >
          <Layers size={16} aria-hidden />
          {t("search.look")}
        </Choice>
      </div>
      <div className={styles.items}>
        {photo &&
          items.map((item) => (
            <Choice
              key={item.item}
              on={chosen.item === item.item}
              onClick={() => onChange({ item: item.item, box: undefined, look: undefined })}
            >
              <CropView src={photo.url} alt="" size={photo.size} box={item.box} height={32} />
              {kindName(t, item.kind)}
            </Choice>
          ))}
      </div>
    </div>
  );
}

/** What the server searches for these params: the main item of a photo needs no choosing. */
export function chosenOf(
  params: SearchParams,
  main: number | undefined,
  size: Size | null,
): Chosen {
  if (params.look) return {};
  if (params.box) return size && isWhole(params.box, size) ? {} : { box: params.box };
  return { item: params.item ?? main };
}

interface ChoiceProps {
  on: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function Choice({ on, disabled = false, onClick, children }: ChoiceProps) {
  return (
    <button
      type="button"
      className={styles.choice}
      aria-pressed={on}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
