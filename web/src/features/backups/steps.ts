import { type DrillDetail, type DrillStep, hasEnded, type Kind } from "./drills";

/** Those that a drill goes through (`infra/constructs/restore_workflow.py`), in their order. */
const COURSE: Record<Kind, readonly string[]> = {
  mark: ["mark"],
  drill: ["mark", "provision", "admit", "compare", "smoke test", "destroy", "sign-off"],
  restore: [
    "mark",
    "provision",
    "admit",
    "compare",
    "reapply",
    "smoke test",
    "sign-off",
    "preview",
    "promotion",
  ],
};

/** Those of a promotion (`shared/backups/promotion.py`), once somebody has decided on it. */
const PROMOTION = [
  "hold the drain",
  "close the running database",
  "end credentials",
  "count what is discarded",
  "set logins",
  "end roles",
  "drain again",
  "forget again",
  "carry the audit trail on",
  "put in place",
  "start cold",
  "serve",
  "anchor the audit trail",
];

export type StepState = "done" | "failed" | "running" | "retrying" | "stopped" | "to come" | "not reached";

export interface Stage {
  name: string;
  state: StepState;
  /** Null for what has not begun. */
  step: DrillStep | null;
}

const REFUSED = "refused ";

/** Every step that was taken, and those that are still to come. */
export function stagesOf(drill: DrillDetail): Stage[] {
  const taken = drill.steps.filter(({ name }) => !name.startsWith(REFUSED));
  const untaken: StepState = hasEnded(drill) ? "not reached" : "to come";
  const isPromoting = taken.some(({ name }) => name === PROMOTION[0]);
  const course = isPromoting ? [...COURSE[drill.kind], ...PROMOTION] : COURSE[drill.kind];
  const ahead = course.filter((name) => !taken.some((step) => step.name === name));
  return [
    ...taken.map((step) => ({ name: step.name, state: stateOf(step, drill), step })),
    ...ahead.map((name) => ({ name, state: untaken, step: null })),
  ];
}

/** Decisions that were tried by who may not take them. */
export function refusalsOf({ steps }: DrillDetail): DrillStep[] {
  return steps.filter(({ name }) => name.startsWith(REFUSED));
}

function stateOf(step: DrillStep, drill: DrillDetail): StepState {
  if (step.finished_at !== "") return step.error === "" ? "done" : "failed";
  if (hasEnded(drill)) return "stopped";
  return step.error === "" ? "running" : "retrying";
}

/** One compared table: what it held at the moment, where that is known, and what the restored database holds. */
export interface ComparedTable {
  name: string;
  before: number | null;
  restored: number;
  isSame: boolean | null;
}

interface Content {
  rows: number;
  first: string;
  second: string;
}

interface Restored {
  rows: number;
  checksum: string;
}

export function comparedTablesOf({ steps }: DrillDetail): ComparedTable[] {
  const resultOf = (name: string) => steps.find((step) => step.name === name)?.result as Found | undefined;
  const before = resultOf("mark")?.mark?.content?.tables ?? {};
  return Object.entries(resultOf("compare")?.tables ?? {}).map(([name, { rows, checksum }]) => {
    const was = before[name];
    return {
      name,
      before: was?.rows ?? null,
      restored: rows,
      isSame: was ? was.rows === rows && `${was.first}:${was.second}` === checksum : null,
    };
  });
}

/** Those parts of the results of the steps "mark" and "compare" of which a table is made. */
interface Found {
  mark?: { content?: { tables?: Record<string, Content> } };
  tables?: Record<string, Restored>;
}
