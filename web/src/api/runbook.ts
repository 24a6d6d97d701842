import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Schema } from "./client";
import { useApi } from "./context";
import { answered } from "./problem";
import { useAnswer } from "./use-answer";

/** What every key of a query about the runbook begins with. */
export const RUNBOOK = ["runbook"];

/** The parts of the service that incidents and maintenances name. They change with a release alone. */
export function useComponents() {
  const api = useApi();
  return useAnswer<Schema["ComponentRow"][]>({
    queryKey: [...RUNBOOK, "components"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => (await answered(api.GET("/v1/runbook", { signal }))).components,
  });
}

/** Asks for a run of a task; the reason stays in its record. */
export function useRunNow(taskId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (reason: string) => {
      const path = { task_id: taskId };
      return answered(api.POST("/v1/runbook/tasks/{task_id}/runs", { params: { path }, body: { reason } }));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: RUNBOOK }),
  });
}
