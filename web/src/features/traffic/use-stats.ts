import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";

export type StatsQuery = Schema["Query"];
export type Row = Schema["QueryRow"];

export interface Stats {
  /** Which question this answers: numbers can be compared only with answers to the same one. */
  subject: string;
  rows: readonly Row[];
  timeLabels: readonly string[];
}

/** The latest answer, and the problem that stands in the way of a newer one. */
export interface LiveStats {
  stats: Stats | undefined;
  /** What is shown answers the question before: the answer to this one is under way. */
  isStale: boolean;
  /** Milliseconds since the epoch; 0 before the first answer. */
  updatedAt: number;
  problem: Error | null;
  retry: () => unknown;
}

const EVERY_MS = 2_000;
const AFTER_FAILURE_MS = 5_000;

export interface Options {
  /** Asks again every two seconds while the page can be seen. */
  isLive: boolean;
  isEnabled?: boolean;
}

export function useStats(body: StatsQuery, { isLive, isEnabled = true }: Options): LiveStats {
  const api = useApi();
  const query = useQuery<Stats>({
    queryKey: ["stats", body],
    enabled: isEnabled,
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => isLive && (state.status === "error" ? AFTER_FAILURE_MS : EVERY_MS),
    queryFn: async ({ signal }) => {
      const answer = await answered(api.POST("/v1/query", { body, signal }));
      return { subject: JSON.stringify(body), rows: answer.results, timeLabels: labels(answer.meta) };
    },
  });
  return {
    stats: query.data,
    isStale: query.isPlaceholderData,
    updatedAt: query.dataUpdatedAt,
    problem: useLastProblem(query.error, query.isSuccess && !query.isPlaceholderData),
    retry: query.refetch,
  };
}

/** Keeps a problem until an answer came: a query forgets it with every new attempt, and a message would blink. */
function useLastProblem(error: Error | null, isAnswered: boolean): Error | null {
  const [problem, setProblem] = useState(error);
  const latest = error ?? (isAnswered ? null : problem);
  if (latest !== problem) setProblem(latest);
  return latest;
}

function labels(meta: Record<string, unknown>): string[] {
  const found = meta.time_labels;
  return Array.isArray(found) ? found.map(String) : [];
}
