import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";

export type Exclusions = Schema["ExclusionsView"];

const keyOf = (siteId: string) => ["exclusions", siteId];

/** What the site leaves out, as it is when the page opens: a form that is being filled in must not change under the person's hands. */
export function useExclusions(siteId: string) {
  const api = useApi();
  const params = { path: { site_id: siteId } };
  return useQuery({
    queryKey: keyOf(siteId),
    queryFn: ({ signal }) => answered(api.GET("/v1/sites/{site_id}/exclusions", { params, signal })),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The whole choice takes the place of the one before; the answer has it as it is compared, such as `203.0.113.9/32`. */
export function usePutExclusions(siteId: string) {
  const api = useApi();
  const queries = useQueryClient();
  const params = { path: { site_id: siteId } };
  return useMutation({
    mutationFn: (body: Exclusions) => answered(api.PUT("/v1/sites/{site_id}/exclusions", { params, body })),
    onSuccess: (saved) => queries.setQueryData(keyOf(siteId), saved),
  });
}
