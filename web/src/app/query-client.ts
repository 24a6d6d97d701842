import { QueryClient } from "@tanstack/react-query";
import { ProblemError } from "../api/problem";

const RETRIES = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) =>
          failures < RETRIES && (!(error instanceof ProblemError) || error.isWorthRetrying),
      },
    },
  });
}
