import {
  CheckIcon,
  CircleCheckIcon,
  CircleDotsIcon,
  FlameIcon,
  HourglassIcon,
  KeyIcon,
  NoteIcon,
  SearchIcon,
} from "../../components/icons";
import { type Look, StateMark } from "../../components/StateMark";
import type { Credential } from "./access";

const LOOKS: Record<Credential["state"], Look> = {
  issuing: { tone: "unknown", icon: CircleDotsIcon },
  active: { tone: "active", icon: KeyIcon },
  ending: { tone: "warning", icon: HourglassIcon },
  ended: { tone: "quiet", icon: CircleCheckIcon },
};

const WORDS: Record<Credential["state"], string> = {
  issuing: "Being made",
  active: "Works",
  ending: "Ending: waits for PostgreSQL",
  ended: "Ended",
};

export function CredentialMark({ credential: { state } }: { credential: Credential }) {
  return <StateMark look={LOOKS[state]}>{WORDS[state]}</StateMark>;
}

export function AccessMark({ credential: { access } }: { credential: Credential }) {
  return access === "write" ? (
    <StateMark look={{ tone: "warning", icon: NoteIcon }}>Read and write</StateMark>
  ) : (
    <StateMark look={{ tone: "quiet", icon: SearchIcon }}>Read only</StateMark>
  );
}

export function BreakGlassMark({ credential: { break_glass, approved_by } }: { credential: Credential }) {
  if (!break_glass) return null;
  return approved_by === "" ? (
    <StateMark look={{ tone: "bad", icon: FlameIcon }}>Break-glass, not approved</StateMark>
  ) : (
    <StateMark look={{ tone: "good", icon: CheckIcon }}>Break-glass, approved</StateMark>
  );
}
