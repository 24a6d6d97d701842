import { type Change, isOver, type StoryLine } from "./changes";

export type StageState = "done" | "now" | "to come" | "stopped" | "not reached";

export interface Stage {
  name: string;
  state: StageState;
  /** When it was reached; null for what was not. */
  at: string | null;
  /** What happened to a change that stopped here, in the story's word. */
  end: string | null;
}

/** What a change goes through, each by the story's word for having come through it. */
const COURSE: readonly { name: string; happened: string }[] = [
  { name: "Planned", happened: "planned" },
  { name: "Staged", happened: "staged" },
  { name: "Smoke test", happened: "smoke_passed" },
  { name: "Load", happened: "load_passed" },
  { name: "Approval", happened: "approved" },
  { name: "Production", happened: "promoted" },
  { name: "Verified", happened: "verified" },
];

/** How far it has come since its artefact was last another one. */
export function courseOf(change: Change): Stage[] {
  const lines = sinceAmended(change.story);
  const reached = COURSE.map(
    ({ happened }, index) =>
      lines.findLast((line) => line.happened === happened) ?? (index === 0 ? change.story[0] : undefined),
  );
  const next = reached.indexOf(undefined);
  const stopped = stoppedAt(change, next);
  return COURSE.map(({ name, happened }, index) => ({
    name: change.demo && happened === "staged" ? "Not deployed (demo)" : name,
    at: reached[index]?.at ?? null,
    state: stateOf(index, {
      isReached: reached[index] !== undefined,
      isNext: index === next,
      isOver: isOver(change),
      stopped,
    }),
    end: index === stopped ? change.state : null,
  }));
}

/** The stage at which a change ended that did not go all the way, or -1. */
function stoppedAt({ state }: Change, next: number): number {
  switch (state) {
    case "rolled_back":
      return COURSE.findIndex(({ happened }) => happened === "promoted");
    case "expired":
      return COURSE.findIndex(({ happened }) => happened === "approved");
    case "rejected":
      return next;
    default:
      return -1;
  }
}

interface Place {
  isReached: boolean;
  isNext: boolean;
  isOver: boolean;
  stopped: number;
}

function stateOf(index: number, { isReached, isNext, isOver: over, stopped }: Place): StageState {
  if (index === stopped) return "stopped";
  if (isReached) return "done";
  if (over) return "not reached";
  return isNext ? "now" : "to come";
}

function sinceAmended(story: readonly StoryLine[]): readonly StoryLine[] {
  return story.slice(
    Math.max(
      0,
      story.findLastIndex(({ happened }) => happened === "amended"),
    ),
  );
}
