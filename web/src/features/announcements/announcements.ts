import { keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { useAnswer } from "../../api/use-answer";

export type AnnouncementList = Schema["AnnouncementList"];
export type Announcement = Schema["AnnouncementView"];
export type Channel = Schema["ChannelView"];
export type Delivery = Schema["DeliveryView"];
export type NewAnnouncement = Schema["NewAnnouncement"];

export const PAGE = 25;
export const MOST = 100;

const ANNOUNCEMENTS = ["announcements"];
const EVERY_MS = 5_000;

/** The latest announcements, or those with messages that were given up. */
export function useAnnouncements(isDeadOnly: boolean, limit: number, isLive: boolean) {
  const api = useApi();
  return useAnswer<AnnouncementList>({
    queryKey: [...ANNOUNCEMENTS, isDeadOnly, limit],
    refetchInterval: isLive && EVERY_MS,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const query = { limit, ...(isDeadOnly && { state: "dead" as const }) };
      return answered(api.GET("/v1/announcements", { params: { query }, signal }));
    },
  });
}

export function useAnnounce() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewAnnouncement) => answered(api.POST("/v1/announcements", { body })),
    onSettled: () => queries.invalidateQueries({ queryKey: ANNOUNCEMENTS }),
  });
}

export function useReplay() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[]) => answered(api.POST("/v1/announcements/replay", { body: { ids } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ANNOUNCEMENTS }),
  });
}

/** What can be sent again: what was given up, and what had nowhere to go. */
export function isReplayable({ state }: Delivery): boolean {
  return state === "dead" || state === "unconfigured";
}
