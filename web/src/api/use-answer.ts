import { type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { useLastProblem } from "./use-last-problem";

export interface Answer<T> {
  data: T | undefined;
  /** Milliseconds since the epoch; 0 before the first answer. */
  updatedAt: number;
  problem: Error | null;
  retry: () => unknown;
}

/** A query as a page shows it: what is known stays in view while a problem is told beside it. */
export function useAnswer<T>(options: UseQueryOptions<T>): Answer<T> {
  const query = useQuery(options);
  const problem = useLastProblem(query.error, query.isSuccess);
  return { data: query.data, updatedAt: query.dataUpdatedAt, problem, retry: query.refetch };
}
