import { Skeleton } from "@mantine/core";
import { Suspense, useMemo } from "react";
import { lazily } from "../../components/lazily";
import type { Site } from "../sites/sites";
import { METRICS, type MetricName, metricOf } from "./metrics";
import { wallClock } from "./ranges";
import classes from "./Series.module.css";
import { SeriesTable } from "./SeriesTable";
import { bucketOf, type Point, pointsOf } from "./series";
import type { LiveStats, Stats } from "./use-stats";

// The chart library is larger than everything else together; totals and tables need not wait for it.
const SeriesChart = lazily(() => import("./SeriesChart"));

interface Props extends LiveStats {
  site: Site;
  metric: MetricName;
}

export function Series({ stats, isStale, updatedAt, problem, site, metric }: Props) {
  const now = wallClock(new Date(updatedAt), site.timezone);
  return (
    <div className={classes.series} data-stale={isStale} aria-busy={isStale || !stats}>
      {stats ? (
        <Drawn stats={stats} name={metric} now={now} />
      ) : (
        <Skeleton height="100%" animate={problem === null} />
      )}
    </div>
  );
}

function Drawn({ stats, name, now }: { stats: Stats; name: MetricName; now: string }) {
  const metric = metricOf(name);
  const bucket = bucketOf(stats.dimensions);
  // The same points for the same answer: then a chart that did not change is not drawn again.
  const points = useMemo((): readonly Point[] => {
    const column = METRICS.findIndex((each) => each.name === name);
    return pointsOf({ rows: stats.rows, labels: stats.timeLabels, column, bucket, now });
  }, [stats, name, bucket, now]);
  return (
    <>
      <Suspense fallback={<Skeleton height="100%" />}>
        <SeriesChart points={points} metric={metric} bucket={bucket} />
      </Suspense>
      <SeriesTable points={points} metric={metric} bucket={bucket} />
    </>
  );
}
