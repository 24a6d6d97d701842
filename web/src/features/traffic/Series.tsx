import { Skeleton } from "@mantine/core";
import { lazy, Suspense, useMemo } from "react";
import { ProblemAlert } from "../../components/ProblemAlert";
import type { Site } from "../sites/sites";
import { METRICS, type MetricName, metricOf } from "./metrics";
import type { Range } from "./ranges";
import classes from "./Series.module.css";
import { SeriesTable } from "./SeriesTable";
import { pointsOf, wallClock } from "./series";
import { useStats } from "./use-stats";

// The chart library is larger than everything else together; totals and tables need not wait for it.
const SeriesChart = lazy(() => import("./SeriesChart"));
const METRIC_NAMES = METRICS.map(({ name }) => name);

interface Props {
  site: Site;
  range: Range;
  metric: MetricName;
  isLive: boolean;
}

export function Series({ site, range, metric: name, isLive }: Props) {
  const stats = useStats(
    {
      site_id: site.site_id,
      date_range: range.name,
      metrics: METRIC_NAMES,
      dimensions: [range.bucket],
      include: { time_labels: true },
    },
    { isLive },
  );
  const metric = metricOf(name);
  const points = useMemo(() => {
    if (stats.data === undefined) return null;
    const { rows, timeLabels: labels } = stats.data;
    const now = wallClock(new Date(stats.dataUpdatedAt), site.timezone);
    return pointsOf({ rows, labels, column: METRIC_NAMES.indexOf(name), bucket: range.bucket, now });
  }, [stats.data, stats.dataUpdatedAt, name, range.bucket, site.timezone]);

  if (points === null) {
    return (
      <div className={classes.series}>
        {stats.isError ? (
          <ProblemAlert error={stats.error} onRetry={stats.refetch} />
        ) : (
          <Skeleton height="100%" aria-label="Loading the time series" />
        )}
      </div>
    );
  }
  return (
    <div className={classes.series} data-stale={stats.isPlaceholderData}>
      <Suspense fallback={<Skeleton height="100%" />}>
        <SeriesChart points={points} metric={metric} bucket={range.bucket} />
      </Suspense>
      <SeriesTable points={points} metric={metric} bucket={range.bucket} />
    </div>
  );
}
