import { useQuery } from "@tanstack/react-query";
import { problemOf, unreachable } from "../api/problem";
import type { RedirectConfig } from "../features/sign-in/redirect";

/** What differs between stages; written beside the app when it is deployed. */
export interface Config {
  stage: string;
  cognito_endpoint: string;
  client_id: string;
  /** Null where people sign in by password alone. */
  redirect: RedirectConfig | null;
  demo_people: boolean;
}

export function useConfig() {
  return useQuery({
    queryKey: ["config"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<Config> => {
      const response = await fetch("/config.json", { signal, cache: "no-cache" }).catch(unreachable);
      if (!response.ok) throw problemOf(response.status, null);
      return response.json() as Promise<Config>;
    },
  });
}
