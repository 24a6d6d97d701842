import { BarChart } from "@mantine/charts";
import "@mantine/charts/styles.css";
import { memo } from "react";
import { formatDay } from "../../components/words";
import type { Week } from "./weeks";

const SERIES = [
  { name: "impacting", label: "Customers affected", color: "var(--p09-danger)" },
  { name: "other", label: "Others", color: "var(--p09-muted)" },
];

/** Whole numbers up to a height that leaves one incident small. */
const LEAST_TOP = 4;

function WeeksChart({ weeks }: { weeks: readonly Week[] }) {
  const top = Math.max(LEAST_TOP, ...weeks.map(({ impacting, other }) => impacting + other));
  // Arrow keys move from week to week; the name is passed on, though its type does not say so.
  const chart = { margin: { top: 8 }, accessibilityLayer: true, "aria-label": "Incidents per week" };
  return (
    <BarChart
      h="100%"
      data={[...weeks]}
      dataKey="start"
      type="stacked"
      series={SERIES}
      maxBarWidth={28}
      gridAxis="x"
      gridColor="var(--p09-line)"
      strokeDasharray="0"
      tickLine="none"
      barChartProps={chart}
      barProps={{ isAnimationActive: false }}
      tooltipAnimationDuration={0}
      xAxisProps={{ tickFormatter: formatDay, minTickGap: 16 }}
      yAxisProps={{ width: 28, domain: [0, top], allowDecimals: false }}
    />
  );
}

export default memo(WeeksChart);
