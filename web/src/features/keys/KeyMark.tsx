import { CircleCheckIcon, CircleOffIcon, HourglassIcon, KeyIcon } from "../../components/icons";
import { type Look, StateMark } from "../../components/StateMark";
import { formatMoment } from "../../components/words";
import { type Key, type KeyState, stateOf } from "./keys";

const LOOKS: Record<KeyState, Look> = {
  works: { tone: "good", icon: KeyIcon },
  ending: { tone: "warning", icon: HourglassIcon },
  ended: { tone: "quiet", icon: CircleCheckIcon },
  revoked: { tone: "quiet", icon: CircleOffIcon },
};

export function KeyMark({ of, now }: { of: Key; now: number }) {
  const state = stateOf(of, now);
  return <StateMark look={LOOKS[state]}>{wordsOf(of, state)}</StateMark>;
}

function wordsOf({ expires_at, revoked_at }: Key, state: KeyState): string {
  if (state === "works") return "Works";
  if (state === "revoked") return `Revoked ${formatMoment(revoked_at ?? "")}`;
  return `${state === "ending" ? "Ends" : "Ended"} ${formatMoment(expires_at ?? "")}`;
}
