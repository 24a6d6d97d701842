import { type QueryClient, useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { useLastProblem } from "../../api/use-last-problem";
import type { Site } from "../sites/sites";
import type { LeftOut } from "./left-out";
import type { Range } from "./ranges";

type Query = Schema["Query"];
type Answer = Schema["Answer"];
export type Row = Schema["Row"];

/** A query before the moment at which it is asked: then its range becomes dates. */
export interface Question extends Omit<Query, "site_id" | "date_range"> {
  site: Site;
  range: Range;
}

export interface Stats {
  /** Which question this answers: numbers can be compared only with answers to the same one. */
  subject: string;
  rows: readonly Row[];
  /** As they were asked for, with `time` become the buckets that the API chose. */
  dimensions: readonly string[];
  timeLabels: readonly string[];
  /** How many rows there are on all pages of the answer, where that was asked for. */
  totalRows: number;
  /** What arrived in the period and is in no number. */
  leftOut: LeftOut;
}

/** The latest answer, and the problem that stands in the way of a newer one. */
export interface LiveStats {
  stats: Stats | undefined;
  /** What is shown answers the question before: the answer to this one is under way. */
  isStale: boolean;
  /** Milliseconds since the epoch; 0 before the first answer. */
  updatedAt: number;
  problem: Error | null;
  /** Asks again now, unless an answer is under way. */
  refresh: () => unknown;
}

const AFTER_FAILURE_MS = 5_000;

export interface Options {
  /** How often to ask again while the page can be seen; null for never. */
  everyMs: number | null;
  isEnabled?: boolean;
}

export function useStats(question: Question, { everyMs, isEnabled = true }: Options): LiveStats {
  const api = useApi();
  const { site, range, ...rest } = question;
  const key = ["stats", site.site_id, range.name, rest];
  const query = useQuery<Stats>({
    queryKey: key,
    enabled: isEnabled,
    placeholderData: (before) => before,
    refetchInterval: ({ state }) =>
      state.status === "error" && everyMs ? AFTER_FAILURE_MS : (everyMs ?? false),
    queryFn: async ({ signal }) => {
      const body = { ...rest, site_id: site.site_id, date_range: range.dates(new Date()) };
      return statsOf(JSON.stringify(key), await answered(api.POST("/v1/query", { body, signal })));
    },
  });
  return {
    stats: query.data,
    isStale: query.isPlaceholderData,
    updatedAt: query.dataUpdatedAt,
    problem: useLastProblem(query.error, query.isSuccess && !query.isPlaceholderData),
    refresh: () => query.refetch({ cancelRefetch: false }),
  };
}

/** Asks again for every answer that failed and is waited for. */
export function retryStats(client: QueryClient): void {
  void client.refetchQueries({
    queryKey: ["stats"],
    type: "active",
    predicate: ({ state }) => state.status === "error",
  });
}

function statsOf(subject: string, { results, meta, query }: Answer): Stats {
  return {
    subject,
    rows: results,
    dimensions: texts(query.dimensions),
    timeLabels: meta.time_labels ?? [],
    totalRows: meta.total_rows ?? results.length,
    leftOut: meta,
  };
}

function texts(found: unknown): string[] {
  return Array.isArray(found) ? found.map(String) : [];
}
