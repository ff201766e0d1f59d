import { Progress as Base } from "@base-ui/react/progress";

import { percent } from "@/texts/format";

import styles from "./Progress.module.css";

/** How much of some work is done, 0 to 1; null while that is not known. */
export function Progress({ label, share }: { label: string; share: number | null }) {
  return (
    <Base.Root value={share} max={1} className={styles.progress}>
      <div className={styles.line}>
        <Base.Label>{label}</Base.Label>
        {share !== null && <span>{percent(share)}</span>}
      </div>
      <Base.Track className={styles.track}>
        <Base.Indicator className={styles.indicator} />
      </Base.Track>
    </Base.Root>
  );
}
