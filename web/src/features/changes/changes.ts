import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Api, Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { useAnswer } from "../../api/use-answer";
import { usePages } from "../../api/use-pages";

export type Change = Schema["ChangeView"];
export type Gate = Schema["GateView"];
export type GateName = Gate["name"];
export type Overridable = Schema["OverrideRequest"]["gates"][number];
export type Approval = Schema["ApprovalView"];
export type Override = Schema["OverrideView"];
export type StoryLine = Schema["StoryLine"];
export type NewChange = Schema["NewChange"];
export type Delivery = Schema["DoraView"];
export type DeliveryWeek = Schema["DoraWeek"];

const CHANGES = ["changes"];
const DELIVERY = ["delivery"];
const EVERY_MS = 10_000;
const OFTEN_MS = 2_000;
const PAGE = 25;
const MOST_OPEN = 100;

/** Those under way, newest first: what is on its way to production, however long it has waited. */
export function useOpenChanges(isLive: boolean) {
  const api = useApi();
  return useAnswer<Change[]>({
    queryKey: [...CHANGES, "open"],
    refetchInterval: isLive && EVERY_MS,
    queryFn: async ({ signal }) => {
      const query = { state: "open", limit: MOST_OPEN } as const;
      return (await answered(api.GET("/v1/changes", { params: { query }, signal }))).changes;
    },
  });
}

/** All of them, newest first, page by page. */
export function useChanges(isLive: boolean) {
  const api = useApi();
  return usePages<Schema["ChangeList"]>({
    queryKey: [...CHANGES, "all"],
    every: isLive && EVERY_MS,
    ask: (cursor, signal) =>
      answered(api.GET("/v1/changes", { params: { query: { limit: PAGE, ...cursor } }, signal })),
  });
}

/** One change: asked for again and again until it is over. */
export function useChange(id: string, isLive: boolean) {
  const api = useApi();
  return useAnswer<Change>({
    queryKey: [...CHANGES, "one", id],
    refetchInterval: ({ state: { data } }) => isLive && (data && isOver(data) ? EVERY_MS : OFTEN_MS),
    queryFn: ({ signal }) => {
      const params = { path: { change_id: id } };
      return answered(api.GET("/v1/changes/{change_id}", { params, signal }));
    },
  });
}

export function useDelivery(days: number) {
  const api = useApi();
  return useAnswer<Delivery>({
    queryKey: [...DELIVERY, days],
    queryFn: ({ signal }) => answered(api.GET("/v1/delivery", { params: { query: { days } }, signal })),
  });
}

export function usePlanChange() {
  return useSending((api, body: NewChange) => answered(api.POST("/v1/changes", { body })));
}

export type Act = "approve" | "reject" | "override" | "second" | "roll back";

/** What a form says; each act takes of it what the API takes. */
export interface Said {
  reason: string;
  gates: Overridable[];
}

export function useAct(id: string, act: Act) {
  return useSending((api, said: Said) => answered(callOf(api, id, act, said)));
}

function callOf(api: Api, id: string, act: Act, { reason, gates }: Said) {
  const params = { path: { change_id: id } };
  switch (act) {
    case "approve":
      return api.POST("/v1/changes/{change_id}/approve", { params });
    case "reject":
      return api.POST("/v1/changes/{change_id}/reject", { params, body: { reason } });
    case "override":
      return api.POST("/v1/changes/{change_id}/override", { params, body: { gates, reason } });
    case "second":
      return api.POST("/v1/changes/{change_id}/override/second", { params });
    case "roll back":
      return api.POST("/v1/changes/{change_id}/roll-back", { params, body: { reason } });
  }
}

function useSending<T>(send: (api: Api, wanted: T) => Promise<Change>) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: T) => send(api, wanted),
    onSettled: () =>
      Promise.all([CHANGES, DELIVERY].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

const OVER: readonly string[] = ["verified", "rejected", "expired", "rolled_back"];
const IN_PRODUCTION: readonly string[] = ["promoted", "verified"];

/** Whether nothing more will happen to it by itself. */
export function isOver({ state }: Change): boolean {
  return OVER.includes(state);
}

export function isInProduction({ state }: Change): boolean {
  return IN_PRODUCTION.includes(state);
}

/** The gates that keep it from production. */
export function closedOf({ gates }: Change): Gate[] {
  return gates.filter(({ open, overridden }) => !open && !overridden);
}

/** Milliseconds from its oldest commit to production; null for what has not got there. */
export function leadTimeOf({ committed_at, story }: Change): number | null {
  const promoted = story.findLast(({ happened }) => happened === "promoted");
  return promoted === undefined ? null : Date.parse(promoted.at) - Date.parse(committed_at);
}
