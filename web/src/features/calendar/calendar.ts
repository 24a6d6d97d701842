import { keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Api, Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { useAnswer } from "../../api/use-answer";
import { firstMomentOf, type Month, monthAfter } from "./months";

export type Entry = Schema["EntryView"];
export type Plan = Schema["NewEntry"];
export type Change = Schema["EntryChange"];

const CALENDAR = ["calendar"];
const EVERY_MS = 10_000;
const PAGE = 500;

/** What has a part in the month, by start. */
export function useMonth(month: Month, isLive: boolean) {
  const api = useApi();
  return useAnswer<Entry[]>({
    queryKey: [...CALENDAR, month],
    refetchInterval: isLive && EVERY_MS,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => everyEntry(api, month, signal),
  });
}

export function usePlan() {
  return useCalendarChange((api, body: Plan) => answered(api.POST("/v1/calendar", { body })));
}

export function useChangeEntry(id: string) {
  const params = { path: { entry_id: id } };
  return useCalendarChange((api, body: Change) =>
    answered(api.PATCH("/v1/calendar/{entry_id}", { params, body })),
  );
}

export function useCancel(id: string) {
  const params = { path: { entry_id: id } };
  return useCalendarChange((api, reason: string) =>
    answered(api.POST("/v1/calendar/{entry_id}/cancel", { params, body: { reason } })),
  );
}

/** Agrees, as a second person, to a maintenance that begins during an outage. */
export function useConfirm(id: string) {
  const params = { path: { entry_id: id } };
  return useCalendarChange((api, _: null) =>
    answered(api.POST("/v1/calendar/{entry_id}/second", { params })),
  );
}

export function isChangeable({ state }: Entry): boolean {
  return state === "waiting" || state === "planned" || state === "active";
}

function useCalendarChange<T>(change: (api: Api, wanted: T) => Promise<Entry>) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: T) => change(api, wanted),
    onSettled: () => queries.invalidateQueries({ queryKey: CALENDAR }),
  });
}

async function everyEntry(api: Api, month: Month, signal: AbortSignal): Promise<Entry[]> {
  const span = { from: firstMomentOf(month), to: firstMomentOf(monthAfter(month, 1)), limit: PAGE };
  const entries: Entry[] = [];
  let next: { cursor?: string } | null = {};
  while (next !== null) {
    const query = { ...span, ...next };
    const page: Schema["EntryList"] = await answered(api.GET("/v1/calendar", { params: { query }, signal }));
    entries.push(...page.entries);
    next = page.next_cursor === null ? null : { cursor: page.next_cursor };
  }
  return entries;
}
