import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Api, Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { useAnswer } from "../../api/use-answer";

export type Incident = Schema["IncidentView"];
export type IncidentDetail = Schema["IncidentDetail"];
export type Entry = Schema["TimelineEntryView"];
export type Act = Incident["may"][number];
export type NewIncident = Schema["OpenIncident"];
export type Update = Schema["UpdateIncident"];

export const STATES = ["investigating", "identified", "monitoring", "resolved"] as const;

const INCIDENTS = ["incidents"];
const EVERY_MS = 5_000;
const PAGE = 100;

/** Those that are open, and all that were opened since a moment, newest first. */
export interface Incidents {
  open: Incident[];
  recent: Incident[];
}

export function useIncidents(since: string, isLive: boolean) {
  const api = useApi();
  return useAnswer<Incidents>({
    queryKey: [...INCIDENTS, "since", since],
    refetchInterval: isLive && EVERY_MS,
    queryFn: async ({ signal }) => ({
      open: await everyOpen(api, signal),
      recent: await everySince(api, since, signal),
    }),
  });
}

export function useIncident(id: string, isLive: boolean) {
  const api = useApi();
  return useAnswer({
    queryKey: [...INCIDENTS, "one", id],
    refetchInterval: isLive && EVERY_MS,
    queryFn: ({ signal }) => {
      const params = { path: { incident_id: id } };
      return answered(api.GET("/v1/incidents/{incident_id}", { params, signal }));
    },
  });
}

export function useOpenIncident() {
  return useChange((api, incident: NewIncident) => answered(api.POST("/v1/incidents", { body: incident })));
}

/** What a form says; each act takes of it what the API takes. */
export interface Said {
  note: string;
  isPublic: boolean;
  isAlthoughFailing: boolean;
  into: string;
  changes: Omit<Update, "note" | "public">;
}

export function useAct(id: string, act: Act) {
  return useChange((api, said: Said) => answered(calls(api, id, said)[act]()));
}

function calls(api: Api, id: string, { note, isPublic, isAlthoughFailing, into, changes }: Said) {
  const params = { path: { incident_id: id } };
  return {
    acknowledge: () => api.POST("/v1/incidents/{incident_id}/acknowledge", { params, body: { note } }),
    update: () =>
      api.POST("/v1/incidents/{incident_id}/updates", {
        params,
        body: { ...changes, note, public: isPublic },
      }),
    merge: () => api.POST("/v1/incidents/{incident_id}/merge", { params, body: { into, note } }),
    resolve: () =>
      api.POST("/v1/incidents/{incident_id}/resolve", {
        params,
        body: { note, public: isPublic, although_failing: isAlthoughFailing },
      }),
    reopen: () =>
      api.POST("/v1/incidents/{incident_id}/reopen", { params, body: { note, public: isPublic } }),
  };
}

function useChange<T>(change: (api: Api, wanted: T) => Promise<IncidentDetail>) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: T) => change(api, wanted),
    onSettled: () => queries.invalidateQueries({ queryKey: INCIDENTS }),
  });
}

function everyOpen(api: Api, signal: AbortSignal): Promise<Incident[]> {
  return paged(
    (cursor) => ({ state: "open", ...cursor }),
    api,
    signal,
    () => true,
  );
}

function everySince(api: Api, since: string, signal: AbortSignal): Promise<Incident[]> {
  return paged(
    (cursor) => cursor,
    api,
    signal,
    ({ opened_at }) => opened_at >= since,
  );
}

type Query = NonNullable<Parameters<typeof listOf>[1]>;

async function paged(
  queryOf: (cursor: { cursor?: string }) => Query,
  api: Api,
  signal: AbortSignal,
  isWanted: (incident: Incident) => boolean,
): Promise<Incident[]> {
  const found: Incident[] = [];
  let cursor: { cursor?: string } | null = {};
  while (cursor !== null) {
    const page: Schema["IncidentList"] = await listOf(api, queryOf(cursor), signal);
    const wanted = page.incidents.filter(isWanted);
    found.push(...wanted);
    const isLast = page.next_cursor === null || wanted.length < page.incidents.length;
    cursor = isLast || page.next_cursor === null ? null : { cursor: page.next_cursor };
  }
  return found;
}

function listOf(api: Api, query: { state?: "open"; cursor?: string }, signal: AbortSignal) {
  return answered(api.GET("/v1/incidents", { params: { query: { ...query, limit: PAGE } }, signal }));
}
