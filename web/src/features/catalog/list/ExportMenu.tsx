import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useFields } from "@/components/fields";
import { Menu, MenuItem } from "@/components/Menu";

import type { CatalogueParams } from "./params";
import { exportHref } from "./queries";

const FORMATS = [
  "csv",
  "jsonl",
  "shopify",
  "woocommerce",
  "medusa",
  "google",
  "google-xml",
] as const;

/** What is shown, in its order, as a file of a format that Vitrine and shops read. */
export default function ExportMenu({ params }: { params: CatalogueParams }) {
  const { t } = useTranslation();
  const fields = useFields();
  const fetchFile = (format: string) => {
    const link = document.createElement("a");
    link.href = exportHref(params, fields, format);
    link.download = "";
    link.click();
  };
  return (
    <Menu label={t("catalog.export.label")} icon={<Download size={18} aria-hidden />} defaultOpen>
      {FORMATS.map((format) => (
        <MenuItem key={format} onClick={() => fetchFile(format)}>
          {t(`catalog.export.${format}`)}
        </MenuItem>
      ))}
    </Menu>
  );
}
