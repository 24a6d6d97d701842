import { useQuery } from "@tanstack/react-query";
import { problemOf, unreachable } from "../../api/problem";

export interface DemoPerson {
  name: string;
  role: string;
  username: string;
  password: string;
}

/** The people of a local system, whose passwords are no secret. Deployed stages have no such file and do not ask. */
export function useDemoPeople(isEnabled: boolean) {
  return useQuery({
    queryKey: ["demo-people"],
    enabled: isEnabled,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<DemoPerson[]> => {
      const response = await fetch("/demo/people.json", { signal }).catch(unreachable);
      if (!response.ok) throw problemOf(response.status, null);
      return response.json() as Promise<DemoPerson[]>;
    },
  });
}
