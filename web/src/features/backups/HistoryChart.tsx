import { BarChart } from "@mantine/charts";
import "@mantine/charts/styles.css";
import { memo } from "react";
import { durationTicks, sizeTicks } from "../../components/axis";
import { formatDay, formatMoment } from "../../components/words";
import type { Backup } from "./backups";
import { formatSeconds, formatSize } from "./words";

interface Props {
  /** Oldest first. */
  history: readonly Backup[];
  value: "size" | "duration_seconds";
  /** A line below which a bar should not stay. */
  least: number | null;
}

const KINDS = {
  size: { label: "Size", color: "var(--p09-accent)", format: formatSize, ticksTo: sizeTicks },
  duration_seconds: {
    label: "Duration",
    color: "var(--p09-muted)",
    format: formatSeconds,
    ticksTo: durationTicks,
  },
};

const NO_BREAK = "\u00a0";

function HistoryChart({ history, value, least }: Props) {
  const { label, color, format, ticksTo } = KINDS[value];
  const ticks = ticksTo(Math.max(least ?? 0, ...history.map((backup) => backup[value] ?? 0)));
  // Arrow keys move from backup to backup; the name is passed on, though its type does not say so.
  const chart = { margin: { top: 8 }, accessibilityLayer: true, "aria-label": `${label} of each backup` };
  return (
    <BarChart
      h="100%"
      data={[...history]}
      dataKey="completed_at"
      series={[{ name: value, label, color }]}
      maxBarWidth={28}
      gridAxis="x"
      gridColor="var(--p09-line)"
      strokeDasharray="0"
      tickLine="none"
      barChartProps={chart}
      barProps={{ isAnimationActive: false }}
      tooltipAnimationDuration={0}
      tooltipProps={{ labelFormatter: labelOf }}
      valueFormatter={format}
      referenceLines={
        least === null ? [] : [{ y: least, color: "var(--p09-danger)", strokeDasharray: "4 4" }]
      }
      xAxisProps={{ tickFormatter: formatDay, minTickGap: 24 }}
      yAxisProps={{
        width: 76,
        ticks,
        domain: [0, ticks.at(-1) ?? 0],
        interval: 0,
        tickFormatter: (tick: number) => format(tick).replaceAll(" ", NO_BREAK),
      }}
    />
  );
}

/** The tooltip asks for a label even while it shows none. */
function labelOf(at: unknown): string {
  return typeof at === "string" && at !== "" ? `${formatMoment(at)} UTC` : "";
}

export default memo(HistoryChart);
