import { useSearchParams } from "react-router";

export interface Address {
  /** `2026-11-23`, or null for today. */
  day: string | null;
  task: string | null;
  run: string | null;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What the page's address says, so that a link shows another person the same. */
export function useAddress(): [Address, (change: Partial<Address>) => void] {
  const [params, setParams] = useSearchParams();
  const address = addressOf(params);
  const go = (change: Partial<Address>) => setParams(paramsOf({ ...address, ...change }));
  return [address, go];
}

export function addressOf(params: URLSearchParams): Address {
  const day = params.get("date");
  return {
    day: day !== null && DAY.test(day) && !Number.isNaN(Date.parse(day)) ? day : null,
    task: params.get("task"),
    run: params.get("run"),
  };
}

export function paramsOf({ day, task, run }: Address): URLSearchParams {
  const params = new URLSearchParams();
  if (day !== null) params.set("date", day);
  if (task !== null) params.set("task", task);
  if (task !== null && run !== null) params.set("run", run);
  return params;
}

/** The day before or after, and so on. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
