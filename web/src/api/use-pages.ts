import { useInfiniteQuery } from "@tanstack/react-query";
import { useLastProblem } from "./use-last-problem";

interface Page {
  next_cursor: string | null;
}

export interface Pages<P> {
  pages: readonly P[] | undefined;
  /** Milliseconds since the epoch; 0 before the first answer. */
  updatedAt: number;
  problem: Error | null;
  retry: () => unknown;
  isLoadingMore: boolean;
  /** Asks for the next page; null when there is none. */
  more: (() => void) | null;
}

interface Options<P> {
  queryKey: readonly unknown[];
  /** Milliseconds; false for never. */
  every?: number | false;
  ask: (cursor: { cursor?: string }, signal: AbortSignal) => Promise<P>;
}

/** A list that is read page by page, as far as a person wants; what is known stays in view beside a problem. */
export function usePages<P extends Page>({ queryKey, every = false, ask }: Options<P>): Pages<P> {
  const query = useInfiniteQuery({
    queryKey,
    refetchInterval: every,
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }: P) => next_cursor,
    queryFn: ({ pageParam, signal }) => ask(pageParam === null ? {} : { cursor: pageParam }, signal),
  });
  const problem = useLastProblem(query.error, query.isSuccess);
  return {
    pages: query.data?.pages,
    updatedAt: query.dataUpdatedAt,
    problem,
    retry: query.refetch,
    isLoadingMore: query.isFetchingNextPage,
    more: query.hasNextPage ? () => void query.fetchNextPage() : null,
  };
}
