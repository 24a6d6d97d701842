import type { Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { useAnswer } from "../../api/use-answer";

export type Backups = Schema["BackupsView"];
export type Verification = Schema["VerificationView"];

export const TASK = "backup_verification";

const EVERY_MS = 10_000;

/** A backup as it is drawn: what nobody could tell of it is null. */
export interface Backup {
  id: string;
  completed_at: string;
  size: number | null;
  duration_seconds: number | null;
}

/** Whether what is kept is still what was kept; `basis` says on whose word. Where files are AWS's, none is read. */
export interface Inspection {
  basis: string;
  faults: string[];
  files: number;
  size: number;
  oldest_reading: string | null;
}

/** What a verification measures (`shared/backups/measured.py`). What it could not read, or did not find, is not there. */
export interface Measured {
  newest_backup?: {
    id: string;
    size: number | null;
    encrypted: boolean;
    completed_at: string | null;
    retained_until: string | null;
  } | null;
  median_size?: number | null;
  point_in_time?: { earliest: string; latest: string; lag_seconds: number } | null;
  valkey_snapshot?: { id: string; size: number | null; created_at: string } | null;
  inspection?: Inspection | null;
  buckets?: Record<string, boolean>;
  history?: Backup[];
}

export interface Thresholds {
  maximum_age_seconds?: number;
  minimum_size_of_median?: number;
  minimum_retention_seconds?: number;
  point_in_time_within_seconds?: number;
  maximum_snapshot_age_seconds?: number;
}

export function useBackups(isLive: boolean) {
  const api = useApi();
  return useAnswer({
    queryKey: ["backups"],
    refetchInterval: isLive && EVERY_MS,
    queryFn: ({ signal }) => answered(api.GET("/v1/backups", { signal })),
  });
}

/** Below this a backup counts as too small. */
export function leastSizeOf(
  { median_size }: Measured,
  { minimum_size_of_median }: Thresholds,
): number | null {
  if (median_size == null || minimum_size_of_median === undefined) return null;
  return median_size * minimum_size_of_median;
}

/** The verification's record on the page of the day's tasks. */
export function evidenceOf({ run, at }: Verification): string {
  return `/operations/today?${new URLSearchParams({ date: at.slice(0, 10), task: TASK, run })}`;
}
