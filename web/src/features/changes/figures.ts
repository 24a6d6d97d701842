import { countTicks, durationTicks } from "../../components/axis";
import { formatCount, plural } from "../../components/words";
import type { Delivery, DeliveryWeek } from "./changes";
import { formatPercent, formatSeconds } from "./words";

/** One of the four, as it is named, defined, told and drawn. */
export interface Figure {
  name: string;
  definition: string;
  color: string;
  /** Of the whole span. */
  whole: (found: Delivery) => string;
  /** Of a week; null where there is nothing to say it of. */
  of: (week: DeliveryWeek) => number | null;
  format: (value: number) => string;
  /** Values for the axis, from 0 to the first that is not below the largest. */
  ticksTo: (largest: number) => number[];
}

const DAYS = 7;
const oneDigit = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

export const FIGURES: readonly Figure[] = [
  {
    name: "Deployment frequency",
    definition: "How many changes went to production in a week.",
    color: "var(--p09-accent)",
    whole: ({ per_day, deployments }) =>
      `${oneDigit.format(per_day * DAYS)} a week, ${plural(deployments, "deployment")}`,
    of: ({ deployments }) => deployments,
    format: formatCount,
    ticksTo: countTicks,
  },
  {
    name: "Lead time",
    definition: "Median from a change’s oldest commit to production.",
    color: "var(--p09-accent)",
    whole: ({ lead_time_seconds }) => formatSeconds(lead_time_seconds),
    of: ({ lead_time_seconds }) => lead_time_seconds,
    format: formatSeconds,
    ticksTo: durationTicks,
  },
  {
    name: "Change failure rate",
    definition: "Share of the changes that went to production and were rolled back.",
    color: "var(--p09-danger)",
    whole: ({ failure_rate }) => formatPercent(failure_rate),
    of: ({ failure_rate }) => failure_rate,
    format: formatPercent,
    ticksTo: () => [0, 0.25, 0.5, 0.75, 1],
  },
  {
    name: "Time to restore",
    definition: "Median from production to being rolled back, of those that were.",
    color: "var(--p09-danger)",
    whole: ({ time_to_restore_seconds }) => formatSeconds(time_to_restore_seconds),
    of: ({ time_to_restore_seconds }) => time_to_restore_seconds,
    format: formatSeconds,
    ticksTo: durationTicks,
  },
];
