import { isId } from "@/api/ids";

/** What the address of an import says: the job of its check, and of the import itself. */
export interface ImportParams {
  check?: string;
  job?: string;
}

export function importParams(given: Record<string, unknown>): ImportParams {
  return {
    ...(isId(given.check) ? { check: given.check } : {}),
    ...(isId(given.job) ? { job: given.job } : {}),
  };
}
