import { AreaChart } from "@mantine/charts";
import "@mantine/charts/styles.css";
import { memo } from "react";
import { LastDot } from "./LastDot";
import type { Metric } from "./metrics";
import type { Bucket } from "./ranges";
import { SeriesTooltip } from "./SeriesTooltip";
import { type Point, shortLabel } from "./series";

const COLOR = "var(--p09-accent)";
const SERIES = [
  { name: "past", color: COLOR },
  { name: "current", color: COLOR, strokeDasharray: "4 4" },
];

interface Props {
  points: readonly Point[];
  metric: Metric;
  bucket: Bucket;
}

/** The time series. Redrawn in place whenever the numbers move: an animation would make every two seconds a show. */
function SeriesChart({ points, metric, bucket }: Props) {
  // Arrow keys move from bucket to bucket; the name is passed on, though its type does not say so.
  const accessible = { accessibilityLayer: true, "aria-label": `${metric.label} over time` };
  const last = points.findLastIndex((point) => point.current !== null);
  return (
    <AreaChart
      h="100%"
      data={[...points]}
      dataKey="label"
      series={SERIES}
      curveType="linear"
      strokeWidth={2}
      fillOpacity={0.18}
      withDots={false}
      gridColor="var(--p09-line)"
      strokeDasharray="0"
      connectNulls={false}
      gridAxis="x"
      tickLine="none"
      valueFormatter={metric.format}
      areaChartProps={accessible}
      tooltipAnimationDuration={0}
      tooltipProps={{ content: (shown) => <SeriesTooltip {...shown} metric={metric} bucket={bucket} /> }}
      xAxisProps={{
        tickFormatter: (label: string) => shortLabel(label, bucket),
        minTickGap: 32,
        interval: "equidistantPreserveStart",
      }}
      yAxisProps={{ width: 52, allowDecimals: metric.name === "views_per_visit" }}
      areaProps={({ name }) => ({
        isAnimationActive: false,
        fillOpacity: name === "current" ? 0 : 1,
        activeDot: { r: 4, fill: COLOR, stroke: "var(--p09-surface)", strokeWidth: 2 },
        dot: name === "current" ? (dot) => <LastDot {...dot} isShown={dot.index === last} /> : false,
      })}
    />
  );
}

export default memo(SeriesChart);
