import { LineChart } from "@mantine/charts";
import "@mantine/charts/styles.css";
import { memo, useMemo } from "react";
import classes from "./BurnDown.module.css";
import { BurnDownTooltip } from "./BurnDownTooltip";
import { lowestOf, type Row, rowsOf } from "./burn-down";
import type { BurnDown } from "./kpis";
import { formatShare, formatTick, sharesOf, ticksOf } from "./words";

const SERIES = [
  { name: "pace", color: "var(--p09-muted)", strokeDasharray: "6 5" },
  { name: "forecast", color: "var(--p09-danger)", strokeDasharray: "2 4" },
  { name: "remaining", color: "var(--p09-accent)" },
];

/** Drawn in place whenever there is another decision, without a show. */
function BurnDownChart({ found }: { found: BurnDown }) {
  const rows = useMemo(() => rowsOf(found), [found]);
  const shares = useMemo(() => sharesOf(lowestOf(rows)), [rows]);
  const start = Date.parse(found.window.start);
  const end = Date.parse(found.window.end);
  // Arrow keys move from point to point; the name is passed on, though its type does not say so.
  const chart = {
    margin: { top: 8 },
    accessibilityLayer: true,
    "aria-label": `${found.title}: error budget left over time`,
  };
  return (
    <LineChart
      h="100%"
      data={[...rows]}
      dataKey="at"
      series={SERIES}
      curveType="linear"
      strokeWidth={2}
      connectNulls={false}
      gridAxis="x"
      gridColor="var(--p09-line)"
      strokeDasharray="0"
      tickLine="none"
      lineChartProps={chart}
      tooltipAnimationDuration={0}
      tooltipProps={{ content: ({ payload }) => <BurnDownTooltip payload={payload} /> }}
      referenceLines={[
        { y: 0, color: "var(--p09-danger)", strokeDasharray: "0", strokeWidth: 1.5 },
        { y: found.minimum_remaining, color: "var(--p09-warning)", strokeDasharray: "4 4" },
      ]}
      xAxisProps={{
        type: "number",
        scale: "time",
        domain: [start, end],
        ticks: ticksOf(start, end),
        tickFormatter: (at: number) => formatTick(at, end - start),
        minTickGap: 24,
        interval: "preserveStart",
      }}
      yAxisProps={{
        width: 60,
        domain: [shares[0] ?? 0, 1],
        ticks: shares,
        interval: 0,
        tickFormatter: formatShare,
      }}
      lineProps={({ name }) => ({
        isAnimationActive: false,
        activeDot: name === "remaining" ? { r: 4, stroke: "var(--p09-surface)", strokeWidth: 2 } : false,
        dot: name === "remaining" ? (dot) => <Dot key={dot.index} {...dot} row={rows[dot.index]} /> : false,
      })}
    />
  );
}

interface DotProps {
  cx?: number | undefined;
  cy?: number | undefined;
  row: Row | undefined;
}

function Dot({ cx, cy, row }: DotProps) {
  if (!row?.isMarked || row.remaining === null || cx === undefined || cy === undefined) return <g />;
  return <circle className={classes.dot} cx={cx} cy={cy} r={3} />;
}

export default memo(BurnDownChart);
