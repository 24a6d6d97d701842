import {
  CircleCheckIcon,
  CircleDotsIcon,
  CircleOffIcon,
  CircleQuestionIcon,
  ClockIcon,
} from "../../components/icons";
import { type Look, StateMark } from "../../components/StateMark";
import { capital } from "../../components/words";
import type { Entry } from "./calendar";

const LOOKS: Record<Entry["state"], Look> = {
  waiting: { tone: "warning", icon: CircleQuestionIcon },
  planned: { tone: "unknown", icon: ClockIcon },
  active: { tone: "active", icon: CircleDotsIcon },
  ended: { tone: "quiet", icon: CircleCheckIcon },
  cancelled: { tone: "quiet", icon: CircleOffIcon },
};

export function EntryMark({ entry: { state } }: { entry: Entry }) {
  return (
    <StateMark look={LOOKS[state]}>
      {state === "waiting" ? "Needs a second person" : capital(state)}
    </StateMark>
  );
}
