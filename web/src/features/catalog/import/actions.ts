import { api, form, held } from "@/api/client";
import type { Job } from "@/api/types";

import type { Reading } from "./reading";

export async function startImport(
  files: { file: File; images: File | null },
  reading: Reading,
  dryRun: boolean,
  key: string,
): Promise<Job> {
  const parts = form({
    file: files.file,
    images: files.images ?? undefined,
    format: reading.format,
    currency: reading.currency,
    columns: JSON.stringify(reading.columns),
    dry_run: String(dryRun),
  });
  const answer = await api.POST("/v1/imports", {
    params: { header: { "idempotency-key": key } },
    body: { file: "" },
    bodySerializer: () => parts,
  });
  return held(answer).job;
}

export async function cancelJob(id: string): Promise<void> {
  await api.POST("/v1/jobs/{job_id}/cancel", { params: { path: { job_id: id } } });
}
