import { useTranslation } from "react-i18next";

import type { AlikeGroup } from "@/api/types";
import { useFacetName, useLabelName } from "@/components/fields";
import { count } from "@/texts/format";

import styles from "./Groups.module.css";
import type { GridParams } from "./params";
import type { Group } from "./useWall";

interface Props {
  groups: readonly AlikeGroup[];
  group: Group | undefined;
  onGroup: (params: GridParams) => void;
}

/** Which facet, and which of its values. */
export function Groups({ groups, group, onGroup }: Props) {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const labelName = useLabelName();
  const facets = [...new Set(groups.map(({ facet }) => facet))];
  const here = groups.filter(({ facet }) => facet === group?.facet);
  const isListed = here.some(({ value }) => value === group?.value);
  return (
    <div className={styles.groups}>
      <select
        className={styles.select}
        aria-label={t("review.filter.facet")}
        value={group?.facet}
        onChange={(event) => onGroup({ facet: event.target.value })}
      >
        {facets.map((facet) => (
          <option key={facet} value={facet}>
            {facetName(facet)}
          </option>
        ))}
      </select>
      <select
        className={styles.select}
        aria-label={t("review.grid.value")}
        value={group?.value}
        onChange={(event) => group && onGroup({ facet: group.facet, value: event.target.value })}
      >
        {group && !isListed && (
          <option value={group.value}>{labelName(group.facet, group.value)}</option>
        )}
        {here.map(({ facet, value, open }) => (
          <option key={value} value={value}>
            {labelName(facet, value)} ({count(open)})
          </option>
        ))}
      </select>
    </div>
  );
}
