import { useState } from "react";
import { useSearchParams } from "react-router";
import type { Kpi } from "./kpis";

const PARAMETER = "kpi";

/**
 * The KPI that the address names, so that a link shows another person the same. Without a name, the one that was
 * worst when the page opened: it does not change under whoever reads it.
 */
export function useChosen(kpis: readonly Kpi[]): Kpi | null {
  const [address] = useSearchParams();
  const [worstId] = useState(() => worst(kpis)?.id);
  const named = kpis.find(({ id }) => id === address.get(PARAMETER));
  return named ?? kpis.find(({ id }) => id === worstId) ?? kpis[0] ?? null;
}

export function addressOf(kpi: Kpi): string {
  return `?${new URLSearchParams({ [PARAMETER]: kpi.id })}`;
}

export function worst(kpis: readonly Kpi[]): Kpi | undefined {
  return kpis.toSorted((one, other) => badness(other) - badness(one))[0];
}

function badness({ verdict, burn_alerts, budget }: Kpi): number {
  if (verdict === "breached") return 4;
  if (burn_alerts.some(({ firing }) => firing)) return 3;
  if (budget?.exhausted) return 2;
  return verdict === "no data" ? 1 : 0;
}
