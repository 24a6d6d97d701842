import { Skeleton, UnstyledButton } from "@mantine/core";
import { ChangeMark } from "./ChangeMark";
import { METRICS, type Metric, type MetricName, type Value } from "./metrics";
import classes from "./Totals.module.css";
import type { LiveStats } from "./use-stats";

interface Props extends LiveStats {
  selected: MetricName;
  onSelect: (name: MetricName) => void;
}

/** The period's totals. Each one is also the switch that draws its metric below. */
export function Totals({ stats, isStale, problem, selected, onSelect }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can't be laid out as a grid everywhere
    <div
      role="group"
      className={classes.totals}
      aria-label="Metric of the chart"
      aria-busy={isStale || !stats}
    >
      {METRICS.map((metric, column) => (
        <UnstyledButton
          key={metric.name}
          className={classes.tile}
          title={metric.meaning}
          aria-pressed={metric.name === selected}
          onClick={() => onSelect(metric.name)}
        >
          <span className={classes.label}>{metric.label}</span>
          {stats ? (
            <Total metric={metric} value={stats.rows[0]?.metrics[column] ?? null} subject={stats.subject} />
          ) : (
            <Skeleton height={28} width="60%" mt={4} animate={problem === null} />
          )}
        </UnstyledButton>
      ))}
    </div>
  );
}

function Total({ metric, value, subject }: { metric: Metric; value: Value; subject: string }) {
  return (
    <span className={classes.value}>
      {metric.format(value)}
      <ChangeMark value={value} subject={subject} format={metric.format} />
    </span>
  );
}
