import type { Metric } from "./metrics";
import type { Bucket } from "./ranges";
import classes from "./SeriesTooltip.module.css";
import { longLabel, type Point, pointValue } from "./series";

interface Props {
  payload?: readonly { payload?: Point }[];
  metric: Metric;
  bucket: Bucket;
}

export function SeriesTooltip({ payload, metric, bucket }: Props) {
  const point = payload?.[0]?.payload;
  if (point === undefined || pointValue(point) === null) return null;
  return (
    <div className={classes.tooltip}>
      <div className={classes.time}>
        {longLabel(point.label, bucket)}
        {point.past === null && " · so far"}
      </div>
      <div className={classes.value}>
        {metric.format(pointValue(point))}{" "}
        <span className={classes.metric}>{metric.label.toLowerCase()}</span>
      </div>
    </div>
  );
}
