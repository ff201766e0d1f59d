import { Skeleton } from "@/components/Skeleton";

import styles from "./ProductGrid.module.css";

/** Holds the place of the list until it is here. */
export function Waiting({ table }: { table: boolean }) {
  if (table) return <Skeleton height="70vh" />;
  return (
    <div className={styles.waiting}>
      {Array.from({ length: 12 }, (_, place) => (
        <Skeleton key={place} height="300px" />
      ))}
    </div>
  );
}
