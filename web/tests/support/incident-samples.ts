import type { Schema } from "../../src/api/client";

type Incident = Schema["IncidentView"];
type Review = Schema["ReviewDetail"];
type Entry = Schema["TimelineEntryView"];

export const NOW = "2026-11-23T16:10:00Z";

export const OUTAGE: Incident = {
  id: "INC-20261123-155200-a1b2",
  title: "Event collection and analytics do not answer",
  state: "identified",
  severity: "page",
  customer_impacting: true,
  components: ["collection", "analytics"],
  owner: "grace",
  causes: ["service"],
  failing: ["probe:service", "kpi:availability"],
  signals: 7,
  sequence: 3,
  opened_at: "2026-11-23T15:52:00Z",
  began_at: "2026-11-23T15:52:00Z",
  opened_by: "",
  acknowledged_at: "2026-11-23T15:55:00Z",
  acknowledged_by: "grace",
  escalated: [],
  monitoring_since: null,
  resolved_at: null,
  merged_into: null,
  review: null,
  may: ["update", "merge", "resolve"],
};

export const TASK: Incident = {
  ...OUTAGE,
  id: "INC-20261123-080100-c3d4",
  title: "Review error budget burn-down chart: failed",
  state: "investigating",
  severity: "ticket",
  customer_impacting: false,
  components: [],
  owner: "",
  causes: ["task:error_budget_review"],
  failing: ["task:error_budget_review"],
  signals: 1,
  sequence: 1,
  opened_at: "2026-11-23T08:01:00Z",
  began_at: "2026-11-23T08:01:00Z",
  acknowledged_at: null,
  acknowledged_by: "",
  may: ["acknowledge", "update", "merge", "resolve"],
};

export const OVER: Incident = {
  ...OUTAGE,
  id: "INC-20261104-101500-e5f6",
  title: "Sign-in is slow",
  state: "resolved",
  opened_at: "2026-11-04T10:15:00Z",
  began_at: "2026-11-04T10:15:00Z",
  opened_by: "linus",
  failing: [],
  monitoring_since: "2026-11-04T11:20:00Z",
  resolved_at: "2026-11-04T11:45:00Z",
  review: "PIR-20261104-114500-0a0b",
  may: ["update", "reopen"],
};

/** Past incidents, so that a chart has something to draw. */
export const PAST: Incident[] = [
  OVER,
  ...["2026-10-29", "2026-10-21", "2026-10-20", "2026-10-05", "2026-09-16"].map((day, index) => ({
    ...OVER,
    id: `INC-${day.replaceAll("-", "")}-090000-00${index}f`,
    title: `redis_memory failed (${index + 1})`,
    customer_impacting: index % 3 === 2,
    opened_at: `${day}T09:00:00Z`,
    began_at: `${day}T09:00:00Z`,
    opened_by: "",
    resolved_at: `${day}T12:30:00Z`,
    review: null,
  })),
];

const entry = (at: string, change: Partial<Entry>): Entry => ({
  at,
  kind: "signal",
  by: "",
  text: "",
  public: false,
  state: "investigating",
  links: {},
  ...change,
});

export const TIMELINE: Entry[] = [
  entry("2026-11-23T15:52:00Z", {
    text: "Opened: 3 probes in a row failed: /health/db answered 503, /health/redis timed out after 5 s.",
  }),
  entry("2026-11-23T15:54:00Z", {
    text: "Availability: breached.",
    links: { decision: "availability-20261123T155500Z" },
  }),
  entry("2026-11-23T15:55:00Z", { kind: "change", by: "grace", text: "Acknowledged." }),
  entry("2026-11-23T16:02:00Z", {
    kind: "note",
    by: "grace",
    text: "PostgreSQL’s primary failed over and the API holds connections to the old one. We are restarting it.",
    public: true,
    state: "identified",
    links: { dashboard: "https://console.aws.example/p09" },
  }),
];

export const REVIEW: Review = {
  id: "PIR-20261104-114500-0a0b",
  title: "Sign-in is slow",
  state: "open",
  about: "incident",
  incident: OVER.id,
  kpi: null,
  decision: null,
  owner: "linus",
  opened_at: "2026-11-04T11:45:00Z",
  due: "2026-11-11",
  overdue: true,
  closed_at: null,
  closed_by: "",
  open_actions: 1,
  missing: ["contributing factors are not written", "action A1 is open and has no reason"],
  summary: "Sign-in took up to 20 s for an hour.",
  impact: "About 300 people waited; nobody was locked out.",
  contributing_factors: "",
  went_well: "",
  actions: [
    {
      id: "A1",
      title: "Alarm on the latency of sign-in",
      owner: "linus",
      due: "2026-12-01",
      state: "open",
      reason: "",
      overdue: false,
    },
    {
      id: "A2",
      title: "Add a second user pool",
      owner: "grace",
      due: "2026-11-20",
      state: "dropped",
      reason: "Costs more than it helps",
      overdue: false,
    },
  ],
  timeline: TIMELINE,
  history: [],
};
