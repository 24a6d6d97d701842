import {
  CircleCheckIcon,
  CircleCrossIcon,
  CircleDotsIcon,
  CircleGapIcon,
  CircleOffIcon,
  CircleQuestionIcon,
  ClockIcon,
  FlagIcon,
  HourglassIcon,
  NoteIcon,
  PersonIcon,
  WarningIcon,
} from "../../components/icons";
import { type Look, StateMark } from "../../components/StateMark";
import type { Gate } from "./changes";
import type { StageState } from "./course";
import { said } from "./words";

const OTHER: Look = { tone: "unknown", icon: CircleQuestionIcon };

/** States, and what has happened: the same words. */
const LOOKS: Record<string, Look> = {
  planned: { tone: "quiet", icon: ClockIcon },
  amended: { tone: "quiet", icon: NoteIcon },
  staged: { tone: "active", icon: CircleDotsIcon },
  smoke_passed: { tone: "active", icon: CircleDotsIcon },
  load_passed: { tone: "active", icon: CircleDotsIcon },
  cleared: { tone: "active", icon: CircleCheckIcon },
  handed_over: { tone: "active", icon: ClockIcon },
  held: { tone: "warning", icon: HourglassIcon },
  override_asked: { tone: "warning", icon: WarningIcon },
  overridden: { tone: "warning", icon: WarningIcon },
  approved: { tone: "active", icon: PersonIcon },
  promoted: { tone: "active", icon: FlagIcon },
  verified: { tone: "good", icon: CircleCheckIcon },
  rejected: { tone: "bad", icon: CircleCrossIcon },
  expired: { tone: "bad", icon: HourglassIcon },
  rolled_back: { tone: "bad", icon: CircleOffIcon },
};

const STATES: Record<string, string> = {
  load_passed: "Waits for approval",
  promoted: "In production",
};

export function lookOf(word: string): Look {
  return LOOKS[word] ?? OTHER;
}

export function ChangeMark({ state }: { state: string }) {
  const look = state === "load_passed" ? { tone: "warning" as const, icon: PersonIcon } : lookOf(state);
  return <StateMark look={look}>{STATES[state] ?? said(state)}</StateMark>;
}

const OPEN: Look = { tone: "good", icon: CircleCheckIcon };
const CLOSED: Look = { tone: "bad", icon: CircleCrossIcon };
const OVERRIDDEN: Look = { tone: "warning", icon: WarningIcon };

export function GateMark({ gate: { open, overridden } }: { gate: Gate }) {
  if (open) return <StateMark look={OPEN}>Open</StateMark>;
  return overridden ? (
    <StateMark look={OVERRIDDEN}>Overridden</StateMark>
  ) : (
    <StateMark look={CLOSED}>Closed</StateMark>
  );
}

export const STAGES: Record<StageState, Look> = {
  done: { tone: "good", icon: CircleCheckIcon },
  now: { tone: "active", icon: CircleDotsIcon },
  stopped: { tone: "bad", icon: CircleCrossIcon },
  "to come": { tone: "quiet", icon: CircleGapIcon },
  "not reached": { tone: "quiet", icon: CircleOffIcon },
};
