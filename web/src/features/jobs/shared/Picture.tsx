import {
  Activity,
  Boxes,
  BrainCircuit,
  FileInput,
  Rss,
  Search,
  Shirt,
  type LucideIcon,
} from "lucide-react";

import type { JobKind, JobProduct } from "@/api/types";
import { Thumb } from "@/components/Thumb";

import styles from "./Picture.module.css";

const ICONS: Partial<Record<JobKind, LucideIcon>> = {
  import: FileInput,
  pull: Rss,
  index: Shirt,
  pictures: Shirt,
  search: Search,
  train: BrainCircuit,
  build: Boxes,
};

/** What a job is about: photos of products, or a sign of its kind where there is none. */
export function Picture({ kind, products }: { kind: JobKind; products: readonly JobProduct[] }) {
  const Icon = ICONS[kind] ?? Activity;
  const photos = products.flatMap(({ image_id }) => (image_id === null ? [] : [image_id]));
  return (
    <span className={styles.picture} data-many={photos.length > 1} aria-hidden>
      {photos.length === 0 && <Icon size={20} />}
      {photos.slice(0, 3).map((id) => (
        <span key={id} className={styles.photo}>
          <Thumb image={{ id }} alt="" sizes="44px" />
        </span>
      ))}
    </span>
  );
}
