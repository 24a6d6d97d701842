import type { Schema } from "../../src/api/client";

type Change = Schema["ChangeView"];
type Line = Schema["StoryLine"];
type Gate = Schema["GateView"];

export const NOW = "2026-11-24T16:10:00Z";

/** Names as the identity provider gives them to people without an own one. */
export const PIPELINE = "2ef4af61-6334-4214-87d8-6c9325f42521";

const RUN = "https://github.com/acme/shop/actions/runs/7";

function open(name: Gate["name"], why: string, run = ""): Gate {
  return { name, open: true, overridden: false, why, run, url: run && RUN };
}

const OPEN: Gate[] = [
  open("smoke", "All 5 checks passed. (run 7 of pipeline)", "7"),
  open("load_snapshot", "p95 118 ms; error rate 0.00% (run 7 of pipeline)", "7"),
  open("budget", "Every error budget has something left"),
  open("freeze", "No freeze is on"),
  open("incidents", "No customer-impacting incident is open"),
  open("migrations", "The release before it works on its schema"),
];

const FROZEN: Gate[] = OPEN.map((gate) =>
  gate.name === "freeze" ? { ...gate, open: false, why: "Black Friday" } : gate,
);

function line(happened: string, minute: number, by: string, why: string): Line {
  return { at: `2026-11-24T15:${String(minute).padStart(2, "0")}:00Z`, by, happened, why };
}

const PROVED: Line[] = [
  line("planned", 0, "ada", "Funnels answer faster; nothing is down."),
  line("staged", 5, PIPELINE, "Deployed to staging"),
  line("smoke_passed", 9, PIPELINE, "5 checks passed in 0.943 s"),
  line("load_passed", 12, PIPELINE, "p95 118 ms; error rate 0.00%"),
];

/** By ada; proved, every gate open: it waits for somebody else. */
export const WAITING: Change = {
  id: "CHG-20261124T150000Z-3f9a0c",
  state: "load_passed",
  title: "Faster funnels",
  impact: "Funnels answer faster; nothing is down.",
  author: "ada",
  committers: [],
  commit: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
  digest: "2b0b822cd15d6c15b0f00a089f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
  committed_at: "2026-11-24T09:30:00Z",
  planned_for: "2026-11-24T18:00:00Z",
  demo: false,
  approval: null,
  override: null,
  own: [],
  gates: OPEN,
  story: PROVED,
  workflow: null,
};

export const STAGED: Change = {
  ...WAITING,
  id: "CHG-20261124T155000Z-00aa11",
  state: "staged",
  title: "Export by month",
  author: "grace",
  story: PROVED.slice(0, 2),
};

export const KEPT: Change = {
  ...WAITING,
  id: "CHG-20261124T140000Z-7b1c22",
  title: "Longer retention",
  gates: FROZEN,
};

/** grace asked to pass the freeze. */
export const ASKED: Change = {
  ...KEPT,
  id: "CHG-20261124T130000Z-5d6e33",
  title: "Mend the sign-in",
  override: { gates: ["freeze"], reason: "Nobody can sign in.", by: "grace", seconded_by: "" },
  story: [...PROVED, line("override_asked", 20, "grace", "freeze: Nobody can sign in.")],
};

export const APPROVED: Change = {
  ...ASKED,
  id: "CHG-20261124T120000Z-8f7044",
  state: "approved",
  title: "Mend the sign-in again",
  override: { gates: ["freeze"], reason: "Nobody can sign in.", by: "grace", seconded_by: "linus" },
  gates: FROZEN.map((gate) => ({ ...gate, overridden: !gate.open })),
  approval: { by: "grace", at: "2026-11-24T15:30:00Z", until: "2026-11-24T18:10:05Z" },
  story: [
    ...ASKED.story,
    line("overridden", 25, "linus", "freeze: Nobody can sign in."),
    line("approved", 30, "grace", "Until 2026-11-24 18:10 UTC"),
    line("held_for_reasons", 40, PIPELINE, "A gate has closed: incidents"),
  ],
};

export const VERIFIED: Change = {
  ...WAITING,
  id: "CHG-20261123T100000Z-9a8b55",
  state: "verified",
  title: "Smaller tracker",
  gates: [],
  approval: { by: "grace", at: "2026-11-24T15:20:00Z", until: "2026-11-25T15:20:00Z" },
  story: [
    ...PROVED,
    line("approved", 20, "grace", "Until 2026-11-25 15:20 UTC"),
    line("promoted", 21, PIPELINE, "9f86d081884c goes to production"),
    line("verified", 26, PIPELINE, "5 checks passed in 0.9 s"),
  ],
};

export const ROLLED_BACK: Change = {
  ...VERIFIED,
  id: "CHG-20261122T100000Z-bb0066",
  state: "rolled_back",
  title: "Other cache",
  story: [
    ...VERIFIED.story.slice(0, -1),
    line("rolled_back", 30, PIPELINE, "/health/db: no answer within 5 s"),
  ],
};

export const CHANGES: Change[] = [STAGED, WAITING, KEPT, ASKED, APPROVED, VERIFIED, ROLLED_BACK];

const NOTHING = {
  deployments: 0,
  per_day: 0,
  lead_time_seconds: null,
  failure_rate: null,
  time_to_restore_seconds: null,
};

const FIRST = Date.parse("2026-09-01T16:10:00Z");
const MONDAY = Date.parse("2026-09-07T00:00:00Z");

function weekOf(index: number): Schema["DoraWeek"] {
  const at = index === 0 ? FIRST : MONDAY + (index - 1) * 7 * 86_400_000;
  const start = new Date(at).toISOString().replace(".000Z", "Z");
  const deployments = [3, 2, 0, 4, 5, 2, 1, 3, 6, 4, 2, 5, 2][index] ?? 0;
  if (deployments === 0) return { ...NOTHING, start };
  const isBad = index % 4 === 1;
  return {
    start,
    deployments,
    per_day: deployments / 7,
    lead_time_seconds: (30 - 2 * index) * 3600,
    failure_rate: isBad ? 1 / deployments : 0,
    time_to_restore_seconds: isBad ? 600 + 60 * index : null,
  };
}

export const DELIVERY: Schema["DoraView"] = {
  start: "2026-09-01T16:10:00Z",
  end: NOW,
  deployments: 39,
  per_day: 0.464,
  lead_time_seconds: 16 * 3600,
  failure_rate: 0.077,
  time_to_restore_seconds: 900,
  weeks: Array.from({ length: 13 }, (_, index) => weekOf(index)),
};

export const NO_DELIVERY: Schema["DoraView"] = { ...DELIVERY, ...NOTHING, weeks: [] };
