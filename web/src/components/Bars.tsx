import { BarChart } from "@mantine/charts";
import "@mantine/charts/styles.css";

interface Props<T extends object> {
  /** What is drawn, for those who do not see it. */
  label: string;
  /** Oldest first. */
  data: readonly T[];
  /** What tells one bar from the next: a day or a moment. */
  at: keyof T & string;
  series: { name: keyof T & string; label: string; color: string }[];
  format: (value: number) => string;
  /** From 0 to the first that is not below the largest value. */
  ticks: number[];
  formatAt: (at: string) => string;
  /** Over the numbers of a bar. */
  titleOf: (at: string) => string;
  /** A line below which a bar should not stay. */
  least?: number | null;
  axisWidth?: number;
}

const NO_BREAK = "\u00a0";

/** Bars over time, as all our charts of such look and behave: arrow keys move from bar to bar. */
export function Bars<T extends object>({ label, data, at, series, format, ticks, ...more }: Props<T>) {
  const { formatAt, titleOf, least = null, axisWidth = 76 } = more;
  // The name is passed on, though its type does not say so.
  const chart = { margin: { top: 8 }, accessibilityLayer: true, "aria-label": label };
  return (
    <BarChart
      h="100%"
      data={[...data]}
      dataKey={at}
      type="stacked"
      series={series}
      maxBarWidth={28}
      gridAxis="x"
      gridColor="var(--p09-line)"
      strokeDasharray="0"
      tickLine="none"
      barChartProps={chart}
      barProps={{ isAnimationActive: false }}
      tooltipAnimationDuration={0}
      // The tooltip asks for a title even while it shows none.
      tooltipProps={{ labelFormatter: (of) => (typeof of === "string" && of !== "" ? titleOf(of) : "") }}
      valueFormatter={format}
      referenceLines={
        least === null ? [] : [{ y: least, color: "var(--p09-danger)", strokeDasharray: "4 4" }]
      }
      xAxisProps={{ tickFormatter: formatAt, minTickGap: 24 }}
      yAxisProps={{
        width: axisWidth,
        ticks,
        domain: [0, ticks.at(-1) ?? 0],
        interval: 0,
        tickFormatter: (tick: number) => format(tick).replaceAll(" ", NO_BREAK),
      }}
    />
  );
}
