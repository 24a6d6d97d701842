import type { Schema } from "../../api/client";
import { plural } from "../../components/words";

export type LeftOut = Pick<Schema["Meta"], "bots" | "excluded">;

/** After a number of events, by the reason that the API gives. */
const REASONS = new Map([
  ["address", "from excluded addresses"],
  ["hostname", "from hosts that are not allowed"],
  ["page", "on excluded pages"],
  ["country", "from excluded countries"],
]);

/** “12 bots with 40 events; 3 events from excluded addresses, 1 event on excluded pages”; empty when nothing was left out. */
export function leftOutInWords({ bots, excluded }: LeftOut): string {
  const robots =
    bots.events > 0 ? `${plural(bots.visitors, "bot")} with ${plural(bots.events, "event")}` : "";
  const chosen = Object.entries(excluded)
    .filter(([, events]) => events > 0)
    .map(
      ([reason, events]) => `${plural(events, "event")} ${REASONS.get(reason) ?? `excluded by ${reason}`}`,
    );
  return [robots, chosen.join(", ")].filter(Boolean).join("; ");
}
