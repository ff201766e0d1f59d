import { Link } from "@tanstack/react-router";
import { Check, Minus, MoveDown, MoveUp } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { imageUrl } from "@/api/client";
import type { Reasons } from "@/api/types";
import { Badge } from "@/components/Badge";
import { BoxedPhoto, placed, type Edges } from "@/components/BoxedPhoto";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { decimal } from "@/texts/format";
import { readable } from "@/texts/words";

import { isWhole, type Size } from "@/components/boxes";
import { TONES } from "./HitCard";
import type { Hit } from "../shared/queries";
import type { AskedView } from "../shared/view";
import styles from "./Why.module.css";
import { useWords } from "../shared/words";

interface Props {
  hit: Hit;
  asked: AskedView | null;
  onClose: () => void;
  onLike: (hit: Hit) => void;
  onBut: (hit: Hit) => void;
}

/** Why a product is among the hits: what matched, and what that was worth. */
export default function Why({ hit, asked, onClose, onLike, onBut }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("search.why")}
      look="side"
      actions={
        <>
          <Button onClick={() => onBut(hit)}>{t("search.but")}</Button>
          <Button look="primary" onClick={() => onLike(hit)}>
            {t("search.moreShort")}
          </Button>
        </>
      }
    >
      <Told hit={hit} asked={asked} />
    </Dialog>
  );
}

function Told({ hit, asked }: { hit: Hit; asked: Props["asked"] }) {
  const { t } = useTranslation();
  const matched = hit.product.images.find((image) => image.id === hit.image?.id);
  const { reasons } = hit;
  return (
    <div className={styles.why}>
      <div>
        <h3>
          <Link
            to="/products/$productId"
            params={{ productId: hit.product.id }}
            state={{ list: "results" }}
            className={styles.title}
          >
            {hit.product.title || hit.product.external_id}
          </Link>
        </h3>
        <p className={styles.summary}>
          {hit.level && hit.level !== "none" && (
            <Badge tone={TONES[hit.level]}>{t(`search.level.${hit.level}`)}</Badge>
          )}
          {hit.score !== null && t("search.score", { score: decimal(hit.score) })}
        </p>
      </div>
      <div className={styles.views}>
        {asked && (
          <View src={asked.url} size={asked.size} box={asked.box} text={t("search.asked")} />
        )}
        {matched && hit.image && (
          <View
            src={`${imageUrl(matched.id)}/thumbnail?size=1080`}
            size={matched}
            box={hit.image.box}
            text={t("search.matched")}
          />
        )}
      </div>
      {reasons ? (
        <Because reasons={reasons} isCompared={hit.score !== null} />
      ) : (
        <p>{t("search.noReasons")}</p>
      )}
    </div>
  );
}

function View({ src, size, box, text }: { src: string; size: Size; box: Edges; text: string }) {
  return (
    <figure>
      <BoxedPhoto src={src} alt={text} width={size.width} height={size.height}>
        {!isWhole(box, size) && <div className={styles.box} style={placed(box, size)} />}
      </BoxedPhoto>
      <figcaption>{text}</figcaption>
    </figure>
  );
}

/** What speaks for it; with numbers where things were compared and the reader is told scores. */
function Because({ reasons, isCompared }: { reasons: Reasons; isCompared: boolean }) {
  const { t } = useTranslation();
  const scored = Object.entries(reasons.parts).filter(
    (part): part is [string, number] => isCompared && part[1] !== null,
  );
  return (
    <>
      {reasons.agree.length > 0 && <Agreeing labels={reasons.agree} />}
      {reasons.differ.length > 0 && <Differing labels={reasons.differ} />}
      {reasons.colour_distance !== null && (
        <Block title={t("search.colour")}>
          <p>
            {t(`search.colours.${nearness(reasons.colour_distance)}`, {
              distance: decimal(reasons.colour_distance),
            })}
          </p>
        </Block>
      )}
      {scored.length > 0 ? (
        <Block title={t("search.parts")}>
          <dl className={styles.parts}>
            {scored.map(([name, part]) => (
              <Part key={name} name={name} part={part} />
            ))}
          </dl>
        </Block>
      ) : (
        Object.keys(reasons.parts)
          .filter((name) => !isLikeness(name))
          .map((name) => (
            <p key={name}>
              <PartName name={name} />
            </p>
          ))
      )}
      {reasons.moved !== 0 && <Moved by={reasons.moved} />}
    </>
  );
}

function Agreeing({ labels }: { labels: Reasons["agree"] }) {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <Block title={t("search.agrees")}>
      <ul className={styles.labels}>
        {labels.map(({ facet, value }) => (
          <li key={`${facet} ${value}`}>
            <Check size={16} aria-hidden className={styles.yes} />
            {t("search.isSo", { facet: words.facet(facet), value: words.value(facet, value) })}
          </li>
        ))}
      </ul>
    </Block>
  );
}

function Differing({ labels }: { labels: Reasons["differ"] }) {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <Block title={t("search.differs")}>
      <ul className={styles.labels}>
        {labels.map(({ facet, value, wanted }) => (
          <li key={`${facet} ${value}`}>
            <Minus size={16} aria-hidden className={styles.no} />
            {wanted === `not ${value}`
              ? t("search.unwanted", {
                  facet: words.facet(facet),
                  value: words.value(facet, value),
                })
              : t("search.instead", {
                  facet: words.facet(facet),
                  value: words.value(facet, value),
                  wanted: words.value(facet, wanted),
                })}
          </li>
        ))}
      </ul>
    </Block>
  );
}

/** By how many places the reasons moved the hit, up or down. */
function Moved({ by }: { by: number }) {
  const { t } = useTranslation();
  return (
    <p className={styles.moved}>
      {by > 0 ? <MoveUp size={16} aria-hidden /> : <MoveDown size={16} aria-hidden />}
      {by > 0 ? t("search.movedUp", { count: by }) : t("search.movedDown", { count: -by })}
    </p>
  );
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.block}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** How alike the pictures or words are, 0 to 1; other parts are what was added for it. */
const LIKENESSES = ["cosine", "image", "text", "not_text"] as const;
const ADDED = [
  "colour",
  "category",
  "shape",
  "words",
  "stock",
  "external_id",
  "unseen",
  "pin",
  "boost",
  "bury",
] as const;

function isLikeness(name: string): boolean {
  return LIKENESSES.some((one) => one === name);
}

function PartName({ name }: { name: string }) {
  const { t } = useTranslation();
  const known = [...LIKENESSES, ...ADDED].find((one) => one === name);
  return known ? t(`search.part.${known}`) : readable(name);
}

function Part({ name, part }: { name: string; part: number }) {
  const alike = isLikeness(name);
  return (
    <div>
      <dt>
        <PartName name={name} />
      </dt>
      <dd>
        <span className={styles.track} data-empty={!alike} aria-hidden>
          {alike && <span style={{ width: `${100 * Math.min(1, Math.max(0, part))}%` }} />}
        </span>
        <span className={styles.number}>{decimal(part, !alike)}</span>
      </dd>
    </div>
  );
}

/** CIEDE2000 in words: below 2 nobody sees a difference, from 20 on it is another colour. */
function nearness(distance: number) {
  if (distance < 2) return "same";
  if (distance < 10) return "near";
  return distance < 20 ? "kindred" : "far";
}
