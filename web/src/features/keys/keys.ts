import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Api, Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered, done } from "../../api/problem";
import { type Answer, useAnswer } from "../../api/use-answer";

export type Key = Schema["KeyView"];
export type MadeKey = Schema["MadeKey"];
export type Kind = Key["kind"];
export type KeyState = "works" | "ending" | "ended" | "revoked";

const KEYS = "keys";
const EVERY_MS = 30_000;

/** Newest first. */
export function useKeys(siteId: string): Answer<Key[]> {
  const api = useApi();
  return useAnswer({
    queryKey: [KEYS, siteId],
    refetchInterval: EVERY_MS,
    queryFn: async ({ signal }) => {
      const params = { path: { site_id: siteId } };
      const { keys } = await answered(api.GET("/v1/sites/{site_id}/keys", { params, signal }));
      return keys.toReversed();
    },
  });
}

/** The key is in this answer alone; afterwards only its prefix is known. */
export function useMakeKey(siteId: string) {
  const params = { path: { site_id: siteId } };
  return useKeyChange(siteId, (api, kind: Kind) =>
    answered(api.POST("/v1/sites/{site_id}/keys", { params, body: { kind } })),
  );
}

/** Its successor is in this answer alone. */
export function useRotateKey(siteId: string, keyId: string) {
  const params = { path: { site_id: siteId, key_id: keyId } };
  return useKeyChange(siteId, (api, seconds: number) =>
    answered(
      api.POST("/v1/sites/{site_id}/keys/{key_id}/rotation", { params, body: { overlap_seconds: seconds } }),
    ),
  );
}

export function useRevokeKey(siteId: string, keyId: string) {
  const params = { path: { site_id: siteId, key_id: keyId } };
  return useKeyChange(siteId, (api) => done(api.DELETE("/v1/sites/{site_id}/keys/{key_id}", { params })));
}

export function stateOf({ revoked_at, expires_at }: Key, now: number): KeyState {
  if (revoked_at !== null) return "revoked";
  if (expires_at === null) return "works";
  return Date.parse(expires_at) > now ? "ending" : "ended";
}

function useKeyChange<T = void, A = void>(siteId: string, change: (api: Api, wanted: T) => Promise<A>) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (wanted: T) => change(api, wanted),
    onSettled: () => queries.invalidateQueries({ queryKey: [KEYS, siteId] }),
  });
}
