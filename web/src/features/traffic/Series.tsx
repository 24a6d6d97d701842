import { Skeleton } from "@mantine/core";
import { lazy, Suspense, useMemo } from "react";
import type { Site } from "../sites/sites";
import { METRICS, type MetricName, metricOf } from "./metrics";
import type { Range } from "./ranges";
import classes from "./Series.module.css";
import { SeriesTable } from "./SeriesTable";
import { pointsOf, wallClock } from "./series";
import type { LiveStats } from "./use-stats";

// The chart library is larger than everything else together; totals and tables need not wait for it.
const SeriesChart = lazy(() => import("./SeriesChart"));

interface Props extends LiveStats {
  site: Site;
  range: Range;
  metric: MetricName;
}

export function Series({ stats, isStale, updatedAt, problem, site, range, metric: name }: Props) {
  const metric = metricOf(name);
  const points = useMemo(() => {
    if (stats === undefined) return null;
    return pointsOf({
      rows: stats.rows,
      labels: stats.timeLabels,
      column: METRICS.findIndex((each) => each.name === name),
      bucket: range.bucket,
      now: wallClock(new Date(updatedAt), site.timezone),
    });
  }, [stats, updatedAt, name, range.bucket, site.timezone]);

  return (
    <div className={classes.series} data-stale={isStale} aria-busy={isStale || points === null}>
      {points === null ? (
        <Skeleton height="100%" animate={problem === null} />
      ) : (
        <>
          <Suspense fallback={<Skeleton height="100%" />}>
            <SeriesChart points={points} metric={metric} bucket={range.bucket} />
          </Suspense>
          <SeriesTable points={points} metric={metric} bucket={range.bucket} />
        </>
      )}
    </div>
  );
}
