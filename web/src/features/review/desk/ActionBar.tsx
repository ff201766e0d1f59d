import {
  Ban,
  Check,
  EllipsisVertical,
  Flag,
  Keyboard,
  MessageSquareReply,
  SkipForward,
  Undo2,
} from "lucide-react";
import { useTranslation } from "react-i18next";

import { bottomBar } from "@/components/bottomBar";
import { Button } from "@/components/Button";
import { useMedia } from "@/components/media";
import { Menu, MenuItem } from "@/components/Menu";

import { Key } from "../shared/Key";
import type { Keys } from "../shared/keys";
import styles from "./ActionBar.module.css";

/** What a reviewer says of a whole item, and the ways back and on. */
export interface Verbs {
  accept: () => void;
  reject: () => void;
  skip: () => void;
  flag: () => void;
  sendBack: () => void;
  undo: () => void;
  help: () => void;
}

interface Props {
  verbs: Verbs;
  keys: Keys<"desk">;
  /** Whether accepting sends corrections along. */
  isChanged: boolean;
  /** Whether there is an item that can be answered. */
  isReady: boolean;
  canUndo: boolean;
}

/** The buttons of the desk, each with its key; on a phone the rare ones are in a menu. */
export function ActionBar(props: Props) {
  const isNarrow = useMedia("(max-width: 720px)");
  const { verbs, keys, isChanged, isReady } = props;
  const { t } = useTranslation();
  return (
    <div
      ref={bottomBar}
      className={styles.bar}
      role="toolbar"
      aria-label={t("review.desk.actions")}
    >
      <Button
        look="primary"
        className={styles.accept}
        icon={<Check size={18} aria-hidden />}
        disabled={!isReady}
        onClick={verbs.accept}
      >
        {isChanged ? t("review.desk.acceptChanged") : t("review.act.accept")}
        <Key name={keys.accept} />
      </Button>
      <Button icon={<Ban size={16} aria-hidden />} disabled={!isReady} onClick={verbs.reject}>
        {t("review.act.reject")}
        <Key name={keys.reject} />
      </Button>
      <Button icon={<SkipForward size={16} aria-hidden />} disabled={!isReady} onClick={verbs.skip}>
        {t("review.act.skip")}
        <Key name={keys.skip} />
      </Button>
      {isNarrow ? <Rest {...props} /> : <All {...props} />}
    </div>
  );
}

function All({ verbs, keys, isReady, canUndo }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <Button
        look="quiet"
        icon={<Flag size={16} aria-hidden />}
        disabled={!isReady}
        onClick={verbs.flag}
      >
        {t("review.act.flag")}
        <Key name={keys.flag} />
      </Button>
      <Button
        look="quiet"
        icon={<MessageSquareReply size={16} aria-hidden />}
        disabled={!isReady}
        onClick={verbs.sendBack}
      >
        {t("review.act.sendBack")}
        <Key name={keys.sendBack} />
      </Button>
      <span className={styles.gap} />
      <Button
        look="quiet"
        icon={<Undo2 size={16} aria-hidden />}
        disabled={!canUndo}
        onClick={verbs.undo}
      >
        {t("review.act.undo")}
        <Key name={keys.undo} />
      </Button>
      <Button look="quiet" icon={<Keyboard size={16} aria-hidden />} onClick={verbs.help}>
        {t("review.act.help")}
        <Key name={keys.help} />
      </Button>
    </>
  );
}

function Rest({ verbs, isReady, canUndo }: Props) {
  const { t } = useTranslation();
  return (
    <Menu label={t("review.desk.more")} icon={<EllipsisVertical size={20} aria-hidden />}>
      {canUndo && <MenuItem onClick={verbs.undo}>{t("review.act.undo")}</MenuItem>}
      {isReady && <MenuItem onClick={verbs.flag}>{t("review.act.flag")}</MenuItem>}
      {isReady && <MenuItem onClick={verbs.sendBack}>{t("review.act.sendBack")}</MenuItem>}
      <MenuItem onClick={verbs.help}>{t("review.act.help")}</MenuItem>
    </Menu>
  );
}
