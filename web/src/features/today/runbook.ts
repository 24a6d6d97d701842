import type { Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { RUNBOOK } from "../../api/runbook";
import { useAnswer } from "../../api/use-answer";

export type RunbookDay = Schema["RunbookDay"];
export type Task = Schema["TaskRow"];
export type TaskState = Task["state"];
export type Schedule = Schema["ScheduleRow"];
export type RunSummary = Schema["RunSummary"];
export type Run = Schema["RunView"];

const EVERY_MS = 5_000;
const EARLIER = 30;

/** A day's table; without a day that of today, as the server's clock has it. */
export function useDay(day: string | null, isLive: boolean) {
  const api = useApi();
  return useAnswer({
    queryKey: [...RUNBOOK, "day", day],
    refetchInterval: isLive && EVERY_MS,
    queryFn: ({ signal }) => {
      const query = day === null ? {} : { date: day };
      return answered(api.GET("/v1/runbook", { params: { query }, signal }));
    },
  });
}

/** A task's latest runs, newest first. */
export function useRuns(taskId: string, isLive: boolean) {
  const api = useApi();
  return useAnswer({
    queryKey: [...RUNBOOK, "runs", taskId],
    refetchInterval: isLive && EVERY_MS,
    queryFn: ({ signal }) => {
      const params = { path: { task_id: taskId }, query: { limit: EARLIER } };
      return answered(api.GET("/v1/runbook/tasks/{task_id}/runs", { params, signal }));
    },
  });
}

/** A run with its evidence: asked for again until it has a verdict. */
export function useRun(taskId: string, runId: string) {
  const api = useApi();
  return useAnswer<Run>({
    queryKey: [...RUNBOOK, "run", taskId, runId],
    refetchInterval: ({ state: { data } }) => (data && isOver(data) ? false : EVERY_MS),
    queryFn: ({ signal }) => {
      const params = { path: { task_id: taskId, run_id: runId } };
      return answered(api.GET("/v1/runbook/tasks/{task_id}/runs/{run_id}", { params, signal }));
    },
  });
}

export function isOver({ state }: RunSummary): boolean {
  return state !== "requested" && state !== "running";
}

/** The newest run of the day, by its schedule or by hand. */
export function newestOf({ run, manual_runs }: Task): RunSummary | null {
  const [latest] = manual_runs;
  if (latest === undefined || run === null) return latest ?? run;
  return latest.scheduled_for >= run.scheduled_for ? latest : run;
}
