import { BarChart } from "@mantine/charts";
import "@mantine/charts/styles.css";
import { memo } from "react";
import { formatDay } from "../../components/words";
import type { DeliveryWeek } from "./changes";
import type { Figure } from "./figures";

const NO_BREAK = "\u00a0";

function DeliveryChart({ weeks, figure }: { weeks: readonly DeliveryWeek[]; figure: Figure }) {
  const data = weeks.map((week) => ({ start: week.start, value: figure.of(week) }));
  const ticks = figure.ticksTo(Math.max(0, ...data.map(({ value }) => value ?? 0)));
  // Arrow keys move from week to week; the name is passed on, though its type does not say so.
  const chart = { margin: { top: 8 }, accessibilityLayer: true, "aria-label": `${figure.name} by week` };
  return (
    <BarChart
      h="100%"
      data={data}
      dataKey="start"
      series={[{ name: "value", label: figure.name, color: figure.color }]}
      maxBarWidth={28}
      gridAxis="x"
      gridColor="var(--p09-line)"
      strokeDasharray="0"
      tickLine="none"
      barChartProps={chart}
      barProps={{ isAnimationActive: false }}
      tooltipAnimationDuration={0}
      tooltipProps={{ labelFormatter: labelOf }}
      valueFormatter={figure.format}
      xAxisProps={{ tickFormatter: formatDay, minTickGap: 24 }}
      yAxisProps={{
        width: 76,
        ticks,
        domain: [0, ticks.at(-1) ?? 0],
        interval: 0,
        tickFormatter: (tick: number) => figure.format(tick).replaceAll(" ", NO_BREAK),
      }}
    />
  );
}

/** The tooltip asks for a label even while it shows none. */
function labelOf(start: unknown): string {
  return typeof start === "string" && start !== "" ? `Week from ${formatDay(start)}` : "";
}

export default memo(DeliveryChart);
