import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Api, Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { useAnswer } from "../../api/use-answer";

export type Review = Schema["ReviewView"];
export type ReviewDetail = Schema["ReviewDetail"];
export type Action = Schema["ActionView"];
export type ReviewChange = Schema["UpdateReview"];
export type NewAction = Schema["AddAction"];
export type ActionChange = Schema["UpdateAction"];

const REVIEWS = ["reviews"];
const EVERY_MS = 10_000;
const LATEST = 50;

export function useReviews(isLive: boolean) {
  const api = useApi();
  return useAnswer({
    queryKey: [...REVIEWS, "list"],
    refetchInterval: isLive && EVERY_MS,
    queryFn: async ({ signal }) => {
      const query = { limit: LATEST };
      return (await answered(api.GET("/v1/reviews", { params: { query }, signal }))).reviews;
    },
  });
}

export function useReview(id: string, isLive: boolean) {
  const api = useApi();
  return useAnswer({
    queryKey: [...REVIEWS, "one", id],
    refetchInterval: isLive && EVERY_MS,
    queryFn: ({ signal }) => {
      const params = { path: { review_id: id } };
      return answered(api.GET("/v1/reviews/{review_id}", { params, signal }));
    },
  });
}

export function useUpdateReview(id: string) {
  return useChange((api, body: ReviewChange) =>
    answered(api.PATCH("/v1/reviews/{review_id}", { params: { path: { review_id: id } }, body })),
  );
}

export function useAddAction(id: string) {
  return useChange((api, body: NewAction) =>
    answered(api.POST("/v1/reviews/{review_id}/actions", { params: { path: { review_id: id } }, body })),
  );
}

export function useUpdateAction(id: string, actionId: string) {
  return useChange((api, body: ActionChange) => {
    const path = { review_id: id, action_id: actionId };
    return answered(api.PATCH("/v1/reviews/{review_id}/actions/{action_id}", { params: { path }, body }));
  });
}

export function useCloseReview(id: string) {
  return useChange((api, note: string) =>
    answered(
      api.POST("/v1/reviews/{review_id}/close", { params: { path: { review_id: id } }, body: { note } }),
    ),
  );
}

function useChange<T>(change: (api: Api, wanted: T) => Promise<ReviewDetail>) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: T) => change(api, wanted),
    onSettled: () => queries.invalidateQueries({ queryKey: REVIEWS }),
  });
}
