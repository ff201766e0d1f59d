import type { InfiniteData } from "@tanstack/react-query";

import { isJob } from "@/api/jobs";
import type { Job, JobPage } from "@/api/types";

import type { JobsParams } from "./params";

export type Listed = InfiniteData<JobPage, string>;

/** A list that stays open all day must not grow without end. */
const LONGEST = 200;

/** The jobs that an event of the server tells: one, or a list of them. */
export function jobsOf(data: string): Job[] {
  const told: unknown = JSON.parse(data);
  if (isRecord(told) && Array.isArray(told.jobs)) return told.jobs.filter(isJob);
  return isJob(told) ? [told] : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The list with what just became of some jobs; ids grow with time, newest first. */
export function merged(list: Listed, news: readonly Job[], params: JobsParams): Listed {
  const fresh = new Map(news.map((job) => [job.id, job]));
  const last = list.pages.at(-1);
  const oldest = last?.next_cursor ? (last.jobs.at(-1)?.id ?? "") : "";
  const pages = list.pages.map((page) => ({
    ...page,
    jobs: page.jobs.flatMap((job) => {
      const now = fresh.get(job.id) ?? job;
      fresh.delete(job.id);
      return fits(now, params) ? [now] : [];
    }),
  }));
  const added = [...fresh.values()].filter((job) => fits(job, params) && job.id > oldest);
  const [first, ...rest] = pages;
  if (!first) return list;
  const jobs = [...added, ...first.jobs].sort((a, b) => (a.id < b.id ? 1 : -1));
  return { ...list, pages: [shortened({ ...first, jobs }, rest.length === 0), ...rest] };
}

function fits(job: Job, params: JobsParams): boolean {
  return (
    (params.status === undefined || job.status === params.status) &&
    (params.kind === undefined || job.kind === params.kind)
  );
}

function shortened(page: JobPage, only: boolean): JobPage {
  const last = page.jobs[LONGEST - 1];
  if (!only || last === undefined || page.jobs.length === LONGEST) return page;
  return { jobs: page.jobs.slice(0, LONGEST), next_cursor: last.id };
}
