import { capital, formatLength, inWords, personOf } from "../../components/words";
import type { GateName, Override } from "./changes";

const NONE = "–";

const GATES: Record<GateName, string> = {
  budget: "Error budget",
  freeze: "Freeze",
  incidents: "Incidents",
  migrations: "Migrations",
  smoke: "Smoke test",
  load_snapshot: "Load snapshot",
};

/** A word of the records as people say it. Words that are new to this page read as they are. */
export function said(word: string): string {
  return capital(word.replaceAll("_", " "));
}

export function gateNameOf(name: string): string {
  return (GATES as Record<string, string>)[name] ?? said(name);
}

/** Who wants to pass which gates, and why. A mail address keeps its small letter. */
export function askedOf({ by, gates, reason }: Override, own: string | null): string {
  const who = by === own ? "You" : personOf(by, own);
  return `${who} asked to override ${inWords(gates.map((gate) => gateNameOf(gate).toLowerCase()))}: “${reason}”`;
}

export function formatPercent(share: number | null): string {
  return share === null ? NONE : `${percent.format(share * 100)}%`;
}

export function formatSeconds(seconds: number | null): string {
  return seconds === null ? NONE : formatLength(seconds * 1000);
}

const percent = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
