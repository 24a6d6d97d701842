import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Api, Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { useAnswer } from "../../api/use-answer";
import { usePages } from "../../api/use-pages";
import type { Role } from "../sign-in/roles";

export type Credential = Schema["CredentialView"];
export type CredentialList = Schema["CredentialList"];
export type MadeCredential = Schema["MadeCredential"];
export type NewCredential = Schema["NewCredential"];
export type Permission = Schema["PermissionView"];

/** Who has one without breaking the glass. */
export const DBA: readonly Role[] = ["P09-DBA"];

export const LONGEST_MINUTES = 8 * 60;
export const LONGEST_BREAK_GLASS_MINUTES = 60;

const CREDENTIALS = ["database-credentials"];
const EVERY_MS = 5_000;
const PAGE = 20;

/** Newest first. */
export function useCredentials(isLive: boolean) {
  const api = useApi();
  return usePages({
    queryKey: CREDENTIALS,
    every: isLive && EVERY_MS,
    ask: (cursor, signal) => {
      const query = { limit: PAGE, ...cursor };
      return answered(api.GET("/v1/access/database-credentials", { params: { query }, signal }));
    },
  });
}

/** The password is in this answer alone: it is forgotten with the form that asked. */
export function useAskCredential() {
  return useCredentialChange((api, body: NewCredential) =>
    answered(api.POST("/v1/access/database-credentials", { body })),
  );
}

export function useEndCredential(id: string) {
  const params = { path: { credential_id: id } };
  return useCredentialChange((api) =>
    answered(api.DELETE("/v1/access/database-credentials/{credential_id}", { params })),
  );
}

export function useApproveCredential(id: string) {
  const params = { path: { credential_id: id } };
  return useCredentialChange((api, reason: string) =>
    answered(
      api.POST("/v1/access/database-credentials/{credential_id}/approval", { params, body: { reason } }),
    ),
  );
}

/** What each operations role may do. It changes with a deployment only. */
export function usePermissions() {
  const api = useApi();
  return useAnswer<Permission[]>({
    queryKey: ["permissions"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => (await answered(api.GET("/v1/access/roles", { signal }))).permissions,
  });
}

function useCredentialChange<T = void, A = Credential>(change: (api: Api, wanted: T) => Promise<A>) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (wanted: T) => change(api, wanted),
    onSettled: () => queries.invalidateQueries({ queryKey: CREDENTIALS }),
  });
}
