import {
  CircleCheckIcon,
  CircleCrossIcon,
  CircleDotsIcon,
  CircleOffIcon,
  ClockIcon,
} from "../../components/icons";
import { type Look, StateMark } from "../../components/StateMark";
import type { Delivery } from "./announcements";

export const LOOKS: Record<Delivery["state"], Look> = {
  queued: { tone: "active", icon: ClockIcon },
  sending: { tone: "active", icon: CircleDotsIcon },
  sent: { tone: "good", icon: CircleCheckIcon },
  dead: { tone: "bad", icon: CircleCrossIcon },
  unconfigured: { tone: "warning", icon: CircleOffIcon },
};

export const WORDS: Record<Delivery["state"], string> = {
  queued: "waits",
  sending: "is being sent",
  sent: "sent",
  dead: "given up",
  unconfigured: "not configured",
};

export function DeliveryMark({ delivery: { state, name } }: { delivery: Delivery }) {
  return (
    <StateMark look={LOOKS[state]}>
      {name}: {WORDS[state]}
    </StateMark>
  );
}
