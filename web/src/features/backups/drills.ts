import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Api, Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { useAnswer } from "../../api/use-answer";

export type Drill = Schema["DrillView"];
export type DrillDetail = Schema["DrillDetail"];
export type DrillStep = Schema["StepView"];
export type Kind = Drill["kind"];
export type Start = Schema["StartDrill"];

const DRILLS = ["drills"];
const EVERY_MS = 5_000;
const OFTEN_MS = 1_000;

export function useDrills(limit: number, isLive: boolean) {
  const api = useApi();
  return useAnswer({
    queryKey: [...DRILLS, "newest", limit],
    refetchInterval: isLive && EVERY_MS,
    queryFn: ({ signal }) => answered(api.GET("/v1/drills", { params: { query: { limit } }, signal })),
    placeholderData: (before) => before,
  });
}

/** A drill with its steps: asked for again and again until it has ended. */
export function useDrill(id: string, isLive: boolean) {
  const api = useApi();
  return useAnswer<DrillDetail>({
    queryKey: [...DRILLS, "one", id],
    refetchInterval: ({ state: { data } }) => {
      if (!isLive || (data !== undefined && hasEnded(data))) return false;
      return data?.status.startsWith("waiting") ? EVERY_MS : OFTEN_MS;
    },
    queryFn: ({ signal }) => {
      const params = { path: { drill_id: id } };
      return answered(api.GET("/v1/drills/{drill_id}", { params, signal }));
    },
  });
}

/** What the promotion of a restore would discard. */
export function usePreview(id: string) {
  const api = useApi();
  return useAnswer({
    queryKey: [...DRILLS, "preview", id],
    queryFn: ({ signal }) => {
      const params = { path: { drill_id: id } };
      return answered(api.GET("/v1/drills/{drill_id}/preview", { params, signal }));
    },
  });
}

export function useMarks() {
  const api = useApi();
  return useAnswer({
    queryKey: [...DRILLS, "marks"],
    queryFn: ({ signal }) => answered(api.GET("/v1/drills/marks", { signal })),
  });
}

/** What would happen; asking does nothing. */
export function usePlan(kind: Kind, to: string | null) {
  const api = useApi();
  return useAnswer({
    queryKey: [...DRILLS, "plan", kind, to],
    queryFn: ({ signal }) => {
      const query = to === null ? { kind } : { kind, to };
      return answered(api.GET("/v1/drills/plan", { params: { query }, signal }));
    },
    placeholderData: (before) => (before?.kind === kind ? before : undefined),
  });
}

export function useStart() {
  return useChange((api, start: Start) => answered(api.POST("/v1/drills", { body: start })));
}

export type Act = "sign" | "reject" | "point" | "promote" | "discard" | "abort";

/** What a person says with an act; what is discarded is confirmed in the words of its preview. */
export interface Said {
  note: string;
  confirm: string;
}

export function useAct(id: string, act: Act) {
  return useChange((api, said: Said) => answered(callOf(api, id, act, said)));
}

function callOf(api: Api, id: string, act: Act, { note, confirm }: Said) {
  const params = { path: { drill_id: id } };
  const accept = act === "sign" || act === "promote";
  switch (act) {
    case "sign":
    case "reject":
      return api.POST("/v1/drills/{drill_id}/sign-off", { params, body: { accept, note } });
    case "promote":
    case "discard":
      return api.POST("/v1/drills/{drill_id}/promote", {
        params,
        body: { accept, note, confirm: accept ? confirm : "" },
      });
    case "point":
      return api.POST("/v1/drills/{drill_id}/staging", { params });
    case "abort":
      return api.POST("/v1/drills/{drill_id}/abort", { params, body: { reason: note } });
  }
}

function useChange<T>(change: (api: Api, wanted: T) => Promise<Schema["Started"]>) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: T) => change(api, wanted),
    onSettled: () => queries.invalidateQueries({ queryKey: DRILLS }),
  });
}

export function hasEnded({ finished_at }: Drill): boolean {
  return finished_at !== null;
}

/** Whether it ended in a way that proves nothing; who aborted or discarded one meant to. */
export function hasFailed({ status }: Drill): boolean {
  return status === "failed" || status === "rejected" || status === "expired";
}
