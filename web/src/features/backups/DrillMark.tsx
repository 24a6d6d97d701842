import {
  CircleCheckIcon,
  CircleCrossIcon,
  CircleDotsIcon,
  CircleGapIcon,
  CircleOffIcon,
  CircleQuestionIcon,
  HourglassIcon,
  PersonIcon,
} from "../../components/icons";
import { type Look, StateMark } from "../../components/StateMark";
import { capital } from "../../components/words";
import type { StepState } from "./steps";

const DRILLS: Record<string, Look> = {
  running: { tone: "active", icon: CircleDotsIcon },
  "waiting for sign-off": { tone: "warning", icon: PersonIcon },
  "waiting for promotion": { tone: "warning", icon: PersonIcon },
  passed: { tone: "good", icon: CircleCheckIcon },
  promoted: { tone: "good", icon: CircleCheckIcon },
  failed: { tone: "bad", icon: CircleCrossIcon },
  rejected: { tone: "bad", icon: CircleCrossIcon },
  expired: { tone: "bad", icon: HourglassIcon },
  discarded: { tone: "quiet", icon: CircleOffIcon },
  aborted: { tone: "unknown", icon: CircleOffIcon },
};

const VERDICTS: Record<string, Look> = {
  passed: { tone: "good", icon: CircleCheckIcon },
  failed: { tone: "bad", icon: CircleCrossIcon },
  unconfigured: { tone: "warning", icon: CircleOffIcon },
};

export const STEPS: Record<StepState, Look> = {
  done: { tone: "good", icon: CircleCheckIcon },
  failed: { tone: "bad", icon: CircleCrossIcon },
  running: { tone: "active", icon: CircleDotsIcon },
  retrying: { tone: "warning", icon: CircleDotsIcon },
  stopped: { tone: "unknown", icon: CircleOffIcon },
  "to come": { tone: "quiet", icon: CircleGapIcon },
  "not reached": { tone: "quiet", icon: CircleOffIcon },
};

const OTHER: Look = { tone: "unknown", icon: CircleQuestionIcon };

export function DrillMark({ status }: { status: string }) {
  return <StateMark look={DRILLS[status] ?? OTHER}>{capital(status)}</StateMark>;
}

export function VerdictMark({ verdict }: { verdict: string }) {
  return <StateMark look={VERDICTS[verdict] ?? OTHER}>{capital(verdict)}</StateMark>;
}
