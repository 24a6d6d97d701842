import { CircleCheckIcon, CircleDotsIcon, FlameIcon, PersonIcon, SearchIcon } from "../../components/icons";
import { type Look, StateMark } from "../../components/StateMark";
import { capital } from "../../components/words";
import type { Incident } from "./incidents";

const LOOKS: Record<Incident["state"], Look> = {
  investigating: { tone: "bad", icon: SearchIcon },
  identified: { tone: "warning", icon: FlameIcon },
  monitoring: { tone: "active", icon: CircleDotsIcon },
  resolved: { tone: "good", icon: CircleCheckIcon },
};

const IMPACTING: Look = { tone: "bad", icon: PersonIcon };
const NOT_IMPACTING: Look = { tone: "quiet", icon: PersonIcon };

export function IncidentStateMark({ state }: { state: Incident["state"] }) {
  return <StateMark look={LOOKS[state]}>{capital(state)}</StateMark>;
}

export function ImpactMark({ incident }: { incident: Incident }) {
  return incident.customer_impacting ? (
    <StateMark look={IMPACTING}>Customers are affected</StateMark>
  ) : (
    <StateMark look={NOT_IMPACTING}>Customers are not affected</StateMark>
  );
}
