import { useQuery } from "@tanstack/react-query";
import { FileSpreadsheet, FolderArchive, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { FORMATS, isFormat } from "@/api/formats";
import { preferencesQuery } from "@/api/preferences";
import { IconButton } from "@/components/Button";
import { DropZone } from "@/components/DropZone";
import { Field, Select } from "@/components/Field";
import { bytes } from "@/texts/format";

import styles from "./Choose.module.css";
import type { Reading } from "./reading";

interface Props {
  file: File | null;
  images: File | null;
  reading: Reading;
  onFile: (file: File | null) => void;
  onImages: (images: File | null) => void;
  onReading: (reading: Reading) => void;
}

/** The file with the products, a zip with their photos if there is one, and how to read it. */
export function Choose({ file, images, reading, onFile, onImages, onReading }: Props) {
  const { t } = useTranslation();
  const usual = useQuery(preferencesQuery).data?.currency;
  // Both may be dropped at once: the zip is the photos.
  const take = (files: readonly File[]) => {
    const zip = files.find(isZip);
    const other = files.find((one) => !isZip(one));
    if (zip) onImages(zip);
    if (other) onFile(other);
  };
  return (
    <section className={styles.choose} aria-label={t("catalog.stepChoose")}>
      <div className={styles.pair}>
        <Place
          icon={<FileSpreadsheet size={26} aria-hidden />}
          title={t("catalog.chooseFile")}
          hint={t("catalog.chooseFileHint")}
          accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.xml"
          file={file}
          onFiles={take}
          onRemove={() => onFile(null)}
        />
        <Place
          icon={<FolderArchive size={26} aria-hidden />}
          title={t("catalog.chooseZip")}
          hint={t("catalog.chooseZipHint")}
          accept=".zip,application/zip"
          file={images}
          onFiles={take}
          onRemove={() => onImages(null)}
        />
      </div>
      <div className={styles.pair}>
        <Select
          label={t("catalog.format")}
          value={reading.format}
          choices={{ ...FORMATS, auto: t("catalog.formatAuto") }}
          onChange={({ target }) => {
            if (isFormat(target.value)) {
              onReading({ ...reading, format: target.value, columns: {} });
            }
          }}
        />
        <Field
          label={t("catalog.currencyOf")}
          hint={t("catalog.currencyOfHint")}
          value={reading.currency}
          maxLength={3}
          placeholder={usual}
          error={/^([A-Z]{3})?$/.test(reading.currency) ? undefined : t("catalog.fault.currency")}
          onChange={({ target }) => onReading({ ...reading, currency: target.value.toUpperCase() })}
        />
      </div>
    </section>
  );
}

interface PlaceProps {
  icon: ReactNode;
  title: string;
  hint: string;
  accept: string;
  file: File | null;
  onFiles: (files: readonly File[]) => void;
  onRemove: () => void;
}

function Place({ icon, title, hint, accept, file, onFiles, onRemove }: PlaceProps) {
  const { t } = useTranslation();
  if (file === null) return <DropZone {...{ icon, title, hint, accept, onFiles }} />;
  return (
    <div className={styles.chosen}>
      {icon}
      <span className={styles.name}>
        <strong>{file.name}</strong>
        <span className={styles.soft}>{bytes(file.size)}</span>
      </span>
      <IconButton label={t("catalog.removeFile", { name: file.name })} onClick={onRemove}>
        <X size={18} aria-hidden />
      </IconButton>
    </div>
  );
}

function isZip(file: File): boolean {
  return file.type.includes("zip") || file.name.toLowerCase().endsWith(".zip");
}
