import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { useAnswer } from "../../api/use-answer";

export type Kpi = Schema["KpiView"];
export type KpiList = Schema["KpiList"];
export type Budget = Schema["BudgetView"];
export type BurnAlert = Schema["BurnAlertView"];
export type BurnDown = Schema["BurnDownView"];
export type Decided = Schema["DecidedView"];
export type Decision = Schema["DecisionView"];
export type Verdict = Kpi["verdict"];

const EVERY_MS = 10_000;

/** Everything below hangs on the last evaluation: only this is asked for again and again. */
export function useKpis(isLive: boolean) {
  const api = useApi();
  return useAnswer({
    queryKey: ["kpis"],
    refetchInterval: isLive && EVERY_MS,
    queryFn: ({ signal }) => answered(api.GET("/v1/kpis", { signal })),
  });
}

/** Which of them have an error budget that burns down. */
export function hasBudget(kpi: Kpi): kpi is Kpi & { id: Exclude<Kpi["kind"], "incidents"> } {
  return kpi.kind !== "incidents";
}

export function useBurnDown(kpi: Kpi) {
  const api = useApi();
  return useAnswer({
    ...ofDecision("burndown", kpi),
    enabled: hasBudget(kpi),
    queryFn: ({ signal }) => {
      const path = { kpi_id: kpi.id as "availability" };
      return answered(api.GET("/v1/kpis/{kpi_id}/burndown", { params: { path }, signal }));
    },
    placeholderData: (before) => (before?.kpi === kpi.id ? before : undefined),
  });
}

export function useDecisions(kpi: Kpi, limit: number) {
  const api = useApi();
  return useAnswer({
    ...ofDecision("decisions", kpi, limit),
    queryFn: ({ signal }) => {
      const params = { path: { kpi_id: kpi.kind }, query: { limit } };
      return answered(api.GET("/v1/kpis/{kpi_id}/decisions", { params, signal }));
    },
    placeholderData: (before) => (before?.decisions[0]?.kpi === kpi.id ? before : undefined),
  });
}

/** Another target than the runbook's; what is left out stays as it is. */
export interface Supposition {
  target?: number;
  within_ms?: number;
}

export function useWhatIf(kpi: Kpi, supposition: Supposition) {
  const api = useApi();
  const isSupposed = Object.keys(supposition).length > 0;
  const query = useQuery({
    ...ofDecision("what-if", kpi, supposition),
    enabled: isSupposed,
    queryFn: ({ signal }) => {
      const params = { path: { kpi_id: kpi.kind }, query: supposition };
      return answered(api.GET("/v1/kpis/{kpi_id}/what-if", { params, signal }));
    },
    placeholderData: keepPreviousData,
  });
  return { data: isSupposed ? query.data : undefined, problem: isSupposed ? query.error : null };
}

/** Asked anew when there is another decision, and after a failure. */
function ofDecision(subject: string, kpi: Kpi, ...more: readonly unknown[]) {
  return {
    queryKey: ["kpis", subject, kpi.id, kpi.decision, ...more],
    staleTime: Number.POSITIVE_INFINITY,
  };
}
