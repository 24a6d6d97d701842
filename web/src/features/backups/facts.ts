import { formatCount, formatMoment } from "../../components/words";
import type { Measured, Thresholds } from "./backups";
import { formatExact, formatSeconds, formatSize } from "./words";

export interface Fact {
  name: string;
  value: string;
  detail: string;
}

/** What a verification found, beside what it is held to. */
export function factsOf(measured: Measured, thresholds: Thresholds): Fact[] {
  return [
    backupFact(measured, thresholds),
    windowFact(measured, thresholds),
    snapshotFact(measured, thresholds),
    inspectionFact(measured),
    bucketFact(measured),
  ];
}

function backupFact({ newest_backup: found }: Measured, { maximum_age_seconds }: Thresholds): Fact {
  const name = "Newest backup";
  if (!found) return { name, value: "None was found", detail: atMost("One may be", maximum_age_seconds) };
  const details = [
    found.completed_at === null ? "" : `of ${formatMoment(found.completed_at)}`,
    found.encrypted ? "encrypted" : "not encrypted",
    found.retained_until === null ? "" : `kept until ${formatMoment(found.retained_until)}`,
  ];
  return { name, value: formatSize(found.size), detail: details.filter(Boolean).join(" · ") };
}

function windowFact(
  { point_in_time: found }: Measured,
  { point_in_time_within_seconds: within }: Thresholds,
): Fact {
  const name = "Point-in-time window";
  if (!found) return { name, value: "There is none", detail: "No moment of one’s choice can be restored." };
  return {
    name,
    value: `${formatSeconds(found.lag_seconds)} behind`,
    detail: `${formatExact(found.earliest)} – ${formatExact(found.latest)}${
      within === undefined ? "" : ` · at most ${formatSeconds(within)} are allowed`
    }`,
  };
}

function snapshotFact(
  { valkey_snapshot: found }: Measured,
  { maximum_snapshot_age_seconds }: Thresholds,
): Fact {
  const name = "Snapshot of Valkey";
  if (!found)
    return { name, value: "None was found", detail: atMost("One may be", maximum_snapshot_age_seconds) };
  return {
    name,
    value: formatSize(found.size),
    detail: `of ${formatMoment(found.created_at)} · ${found.id}`,
  };
}

function inspectionFact({ inspection: found }: Measured): Fact {
  const name = "What is kept";
  if (!found) return { name, value: "Not inspected", detail: "" };
  const [fault, ...others] = found.faults;
  if (fault !== undefined) {
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    return { name, value: "Damaged", detail: `${fault}${more}` };
  }
  if (found.oldest_reading === null) return { name, value: "No hole was found", detail: found.basis };
  return {
    name,
    value: `${formatCount(found.files)} files are whole`,
    detail: `${formatSize(found.size)} · each read again since ${formatMoment(found.oldest_reading)}`,
  };
}

function bucketFact({ buckets = {} }: Measured): Fact {
  const all = Object.entries(buckets);
  const without = all.filter(([, isVersioned]) => !isVersioned).map(([bucket]) => bucket);
  return {
    name: "Versioned buckets",
    value: all.length === 0 ? "None was found" : `${all.length - without.length} of ${all.length}`,
    detail:
      without.length === 0 ? "Older versions of objects can be restored." : `not: ${without.join(", ")}`,
  };
}

function atMost(words: string, seconds: number | undefined): string {
  return seconds === undefined ? "" : `${words} ${formatSeconds(seconds)} old.`;
}
