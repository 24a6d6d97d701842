import {
  CircleCheckIcon,
  CircleCrossIcon,
  CircleDotsIcon,
  CircleGapIcon,
  CircleOffIcon,
  CircleQuestionIcon,
  ClockIcon,
  HourglassIcon,
  MissedIcon,
} from "../../components/icons";
import { type Look, StateMark } from "../../components/StateMark";
import { capital } from "../../components/words";
import type { TaskState } from "./runbook";

export const LOOKS: Record<TaskState, Look> = {
  passed: { tone: "good", icon: CircleCheckIcon },
  failed: { tone: "bad", icon: CircleCrossIcon },
  "timed out": { tone: "bad", icon: HourglassIcon },
  missed: { tone: "bad", icon: MissedIcon },
  unconfigured: { tone: "warning", icon: CircleOffIcon },
  "no record": { tone: "warning", icon: CircleQuestionIcon },
  due: { tone: "unknown", icon: ClockIcon },
  requested: { tone: "active", icon: CircleGapIcon },
  running: { tone: "active", icon: CircleDotsIcon },
  upcoming: { tone: "quiet", icon: ClockIcon },
  "not due": { tone: "quiet", icon: CircleGapIcon },
};

export function TaskStateMark({ state }: { state: TaskState }) {
  return <StateMark look={LOOKS[state]}>{capital(state)}</StateMark>;
}
