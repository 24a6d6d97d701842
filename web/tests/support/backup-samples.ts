import type { Schema } from "../../src/api/client";

type Backups = Schema["BackupsView"];
type Drill = Schema["DrillView"];
type Step = Schema["StepView"];
type Plan = Schema["DrillPlan"];

export const NOW = "2026-11-24T16:30:00Z";
export const ADA = "ada@example.com";
export const GRACE = "grace@example.com";

const MIB = 1024 ** 2;
const DAY_MS = 86_400_000;

const history = Array.from({ length: 30 }, (_, index) => {
  const completed_at = new Date(Date.parse("2026-10-26T02:04:00Z") + index * DAY_MS).toISOString();
  const size = (800 + index * 6 + (index % 5) * 9) * MIB;
  return { id: `awsbackup:job-${index + 1}`, completed_at, size, duration_seconds: 180 + ((index * 7) % 40) };
});

export const BACKUPS: Backups = {
  verification: {
    run: "backup_verification-20261124T160000Z",
    at: "2026-11-24T16:00:04Z",
    verdict: "passed",
    why: "The newest backup is complete, of the usual size, encrypted and kept long enough.",
  },
  measured: {
    newest_backup: {
      id: "awsbackup:job-30",
      size: 974 * MIB,
      encrypted: true,
      completed_at: "2026-11-24T02:04:00Z",
      retained_until: "2026-12-29T02:04:00Z",
      age_seconds: 50164,
    },
    median_size: 960 * MIB,
    point_in_time: { earliest: "2026-10-20T02:00:00Z", latest: "2026-11-24T15:58:59Z", lag_seconds: 65 },
    valkey_snapshot: { id: "p09-weekly-20261122", size: 41 * MIB, created_at: "2026-11-22T03:00:00Z" },
    inspection: {
      basis: "Files on this machine",
      faults: [],
      files: 4210,
      size: 1400 * MIB,
      oldest_reading: "2026-11-18T04:00:00Z",
    },
    buckets: { "p09-exports": true, "p09-reports": true, "p09-archive": true },
    history,
  },
  thresholds: {
    maximum_age_seconds: 93_600,
    minimum_size_of_median: 0.5,
    median_of: 7,
    minimum_retention_seconds: 1_296_000,
    point_in_time_within_seconds: 600,
    maximum_snapshot_age_seconds: 691_200,
  },
  links: { chart: "s3://p09-reports/backups/reports/2026-11-24.svg" },
  verifications: [
    {
      run: "backup_verification-20261124T160000Z",
      at: "2026-11-24T16:00:04Z",
      verdict: "passed",
      why: "The newest backup is complete, of the usual size, encrypted and kept long enough.",
    },
    {
      run: "backup_verification-20261123T160000Z",
      at: "2026-11-23T16:00:03Z",
      verdict: "failed",
      why: "The point-in-time window ends 14.2 minutes ago; it must reach to within 10 minutes of now.",
    },
  ],
};

export const NEVER: Backups = {
  verification: null,
  measured: {},
  thresholds: {},
  links: {},
  verifications: [],
};

export const WAITING: Drill = {
  id: "drill-20261124T160500Z-9888",
  kind: "drill",
  status: "waiting for sign-off",
  started_by: ADA,
  started_at: "2026-11-24T16:05:00Z",
  reason: "monthly drill",
  to: "2026-11-24T16:05:02Z",
  why: "",
  rpo_seconds: 20,
  rto_seconds: 252,
  rows: 2_100_417,
  signed_by: "",
  signed_at: null,
  expires_at: "2026-11-25T16:10:00Z",
  finished_at: null,
  aside_until: null,
  aside_removed_at: null,
  staging: "",
  own: false,
  played: false,
};

export const RUNNING: Drill = {
  ...WAITING,
  id: "restore-20261124T162900Z-11aa",
  kind: "restore",
  status: "running",
  started_by: GRACE,
  started_at: "2026-11-24T16:29:00Z",
  reason: "events of Monday were deleted",
  to: "2026-11-23T09:14:59Z",
  rto_seconds: null,
  rows: null,
  expires_at: null,
};

export const FAILED: Drill = {
  ...WAITING,
  id: "drill-20261117T030000Z-77f0",
  status: "failed",
  started_by: "schedule",
  started_at: "2026-11-17T03:00:00Z",
  reason: "weekly drill",
  to: "2026-11-17T03:00:02Z",
  why: "Table events has 2,093,110 rows; it had 2,093,111.",
  expires_at: null,
  finished_at: "2026-11-17T03:06:10Z",
};

export const PASSED: Drill = {
  ...WAITING,
  id: "drill-20261110T030000Z-01bc",
  status: "passed",
  started_by: "schedule",
  started_at: "2026-11-10T03:00:00Z",
  reason: "weekly drill",
  to: "2026-11-10T03:00:02Z",
  rto_seconds: 241,
  signed_by: GRACE,
  signed_at: "2026-11-10T08:12:00Z",
  expires_at: null,
  finished_at: "2026-11-10T08:12:01Z",
};

/** One that waits for its promotion. */
export const SIGNED: Drill = {
  ...RUNNING,
  id: "restore-20261103T101500Z-5e5e",
  status: "waiting for promotion",
  started_at: "2026-11-03T10:15:00Z",
  to: "2026-11-02T18:20:00Z",
  rto_seconds: 260,
  rows: 2_050_002,
  signed_by: ADA,
  signed_at: "2026-11-03T10:40:00Z",
  expires_at: "2026-11-25T10:40:00Z",
};

const stepOf = (name: string, started_at: string, finished_at: string, change: Partial<Step> = {}): Step => ({
  name,
  started_at,
  finished_at,
  error: "",
  result: null,
  ...change,
});

const SENTINEL = "0f3c5a1e-0c8f-4a43-9c55-b0a6a2f9d1aa";

const MARK = stepOf("mark", "2026-11-24T16:05:01+00:00", "2026-11-24T16:05:04+00:00", {
  result: {
    to: "2026-11-24T16:05:02+00:00",
    restorable_until: "2026-11-24T16:04:42+00:00",
    stalled_ms: 84,
    mark: {
      id: WAITING.id,
      at: "2026-11-24T16:05:02+00:00",
      sentinel: SENTINEL,
      sentinel_at: "2026-11-24T16:05:01.120000+00:00",
      after: "8b5d0e4c-93a4-4a34-8d3f-1d2c3b4a5f60",
      stalled_ms: 84,
      content: {
        tables: {
          events: { rows: 2_100_000, first: "-81", second: "92" },
          sites: { rows: 417, first: "3", second: "-4" },
        },
        migrations: 31,
        invalid: [],
      },
    },
  },
});

const PROVISION = stepOf("provision", "2026-11-24T16:05:04+00:00", "2026-11-24T16:09:16+00:00", {
  result: {
    base_backup: "base-20261124T020000.000000Z",
    wal_segments: 214,
    restored_to: "2026-11-24T16:05:02+00:00",
    seconds: 251.8,
  },
});

export const STEPS: Step[] = [
  MARK,
  PROVISION,
  stepOf("admit", "2026-11-24T16:09:15+00:00", "2026-11-24T16:09:16+00:00", {
    result: { logins: ["p09_api", "p09_worker", "p09_backup"] },
  }),
  stepOf("compare", "2026-11-24T16:09:16+00:00", "2026-11-24T16:09:31+00:00", {
    result: {
      tables: { events: { rows: 2_100_000, checksum: "-81:92" }, sites: { rows: 417, checksum: "3:-4" } },
      migrations: 31,
      proved_at: "2026-11-24T16:05:02+00:00",
      sentinel: SENTINEL,
    },
  }),
  stepOf("smoke test", "2026-11-24T16:09:31+00:00", "2026-11-24T16:09:32+00:00", {
    result: { health: "ok", tenancy: "ok", results: [{ metrics: [5210, 12044], dimensions: [] }] },
  }),
  stepOf("destroy", "2026-11-24T16:09:32+00:00", "2026-11-24T16:09:58+00:00", {
    result: { instance: "gone" },
  }),
  stepOf("sign-off", "2026-11-24T16:10:00+00:00", ""),
  stepOf("refused 2026-11-24T16:12:00+00:00", "2026-11-24T16:12:00+00:00", "2026-11-24T16:12:00+00:00", {
    error: "who started a drill can't sign it off: ask another DBA",
    result: { by: ADA },
  }),
];

export const RUNNING_STEPS: Step[] = [
  stepOf("mark", "2026-11-24T16:29:01+00:00", "2026-11-24T16:29:02+00:00", {
    result: { to: "2026-11-23T09:14:59+00:00", restorable_until: "2026-11-24T16:28:40+00:00" },
  }),
  stepOf("provision", "2026-11-24T16:29:15+00:00", ""),
];

export const FAILED_STEPS: Step[] = [
  MARK,
  PROVISION,
  stepOf("compare", "2026-11-24T16:09:16+00:00", "2026-11-24T16:09:31+00:00", { error: FAILED.why }),
  stepOf("destroy", "2026-11-24T16:09:32+00:00", "2026-11-24T16:09:58+00:00", {
    result: { instance: "gone" },
  }),
];

export const PLAN: Plan = {
  kind: "drill",
  to: null,
  verified_at: "2026-11-24T16:00:05Z",
  window: { earliest: "2026-10-20T02:00:00Z", latest: "2026-11-24T15:58:59Z", lag_seconds: 65 },
  backup: { id: "awsbackup:job-30", size: 974 * MIB, encrypted: true },
  steps: [
    "mark a moment (or take the one asked for), with a sentinel row on either side of it",
    "restore the newest backup before it to a temporary database, and replay the write-ahead log up to it",
    "destroy the temporary database",
  ],
  warnings: [],
};

export const MARKED = {
  at: "2026-11-24T09:30:00Z",
  drill: "mark-20261124T092959Z",
  rows: 2_099_120,
  stalled_ms: 61,
};

export const PREVIEW: Schema["DiscardPreview"] = {
  at: "2026-11-24T16:40:00Z",
  to: "2026-11-24T16:05:02Z",
  source: "read",
  events: { drained_again: 5000, of_discarded_sites: 0 },
  acts: { count: 14, newest: [] },
  organisations: { count: 0, names: [] },
  sites: { count: 0, names: [] },
  keys: { count: 1, names: ["p09w_AbC"], revoked_again: 2 },
  people: { count: 0, removed_again: 1 },
  invitations: { count: 0, names: [] },
  credentials: { ended: 0 },
  confirmation: "discard 14 acts and 1 key",
};
