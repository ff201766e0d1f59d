import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { vocabularyQuery } from "@/api/fields";
import type { AlikeGroup } from "@/api/types";
import { useFacetName, useLabelName } from "@/components/fields";
import { count } from "@/texts/format";

import styles from "./Groups.module.css";
import type { GridParams } from "./params";

interface Props {
  facet: string;
  /** Undefined while no group is chosen. */
  value: string | undefined;
  groups: readonly AlikeGroup[];
  onGroup: (params: GridParams) => void;
}

/** Which facet, and which of its values. */
export function Groups({ groups, facet, value, onGroup }: Props) {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const labelName = useLabelName();
  const { data } = useQuery(vocabularyQuery);
  const isListed = groups.some((group) => group.value === value);
  return (
    <div className={styles.groups}>
      <select
        className={styles.select}
        aria-label={t("review.filter.facet")}
        value={facet}
        onChange={(event) => onGroup({ facet: event.target.value })}
      >
        {(data?.facets ?? [{ name: facet }]).map(({ name }) => (
          <option key={name} value={name}>
            {facetName(name)}
          </option>
        ))}
      </select>
      <select
        className={styles.select}
        aria-label={t("review.grid.value")}
        value={value}
        disabled={groups.length === 0}
        onChange={(event) => onGroup({ facet, value: event.target.value })}
      >
        {value !== undefined && !isListed && (
          <option value={value}>{labelName(facet, value)}</option>
        )}
        {groups.map((group) => (
          <option key={group.value} value={group.value}>
            {labelName(facet, group.value)} ({count(group.open)})
          </option>
        ))}
      </select>
    </div>
  );
}
