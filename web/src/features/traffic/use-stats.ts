import { useQuery } from "@tanstack/react-query";
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

const EVERY_MS = 2_000;
const AFTER_FAILURE_MS = 5_000;

export interface Options {
  /** Asks again every two seconds while the page can be seen. */
  isLive: boolean;
  isEnabled?: boolean;
}

export function useStats(body: StatsQuery, { isLive, isEnabled = true }: Options) {
  const api = useApi();
  return useQuery<Stats>({
    queryKey: ["stats", body],
    enabled: isEnabled,
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => isLive && (state.status === "error" ? AFTER_FAILURE_MS : EVERY_MS),
    queryFn: async ({ signal }) => {
      const answer = await answered(api.POST("/v1/query", { body, signal }));
      return { subject: JSON.stringify(body), rows: answer.results, timeLabels: labels(answer.meta) };
    },
  });
}

function labels(meta: Record<string, unknown>): string[] {
  const found = meta.time_labels;
  return Array.isArray(found) ? found.map(String) : [];
}
