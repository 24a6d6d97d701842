import { CircleCheckIcon, CircleCrossIcon, CircleDotsIcon, CircleOffIcon } from "../../components/icons";
import { type Look, StateMark } from "../../components/StateMark";
import { capital } from "../../components/words";
import type { Verdict } from "./kpis";

const LOOKS: Record<Verdict, Look> = {
  met: { tone: "good", icon: CircleCheckIcon },
  breached: { tone: "bad", icon: CircleCrossIcon },
  "insufficient data": { tone: "unknown", icon: CircleDotsIcon },
  "no data": { tone: "warning", icon: CircleOffIcon },
};

export function VerdictMark({ verdict }: { verdict: Verdict }) {
  return <StateMark look={LOOKS[verdict]}>{capital(verdict)}</StateMark>;
}
