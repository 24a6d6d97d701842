import { Button, Skeleton, Text } from "@mantine/core";
import { useState } from "react";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import classes from "./Breakdown.module.css";
import { BreakdownTable } from "./BreakdownTable";
import { BREAKDOWNS, type Dimension } from "./breakdowns";
import { formatCount } from "./metrics";
import { useBreakdown } from "./use-breakdown";
import type { Traffic, TrafficQuestion } from "./use-traffic";

const FEW = 10;
const MANY = 100;

interface Props {
  dimension: Dimension;
  question: TrafficQuestion;
  traffic: Traffic;
}

/** The values of a dimension with the most visitors. */
export function Breakdown({ dimension, question, traffic }: Props) {
  const { title, plural, nothing, isWide = false } = BREAKDOWNS[dimension];
  const [limit, setLimit] = useState(FEW);
  const { totals } = traffic;
  const { stats, isStale, problem, refresh } = useBreakdown({ ...question, dimension, limit, totals });
  const isToldAlready = traffic.problem !== null || totals.stats === undefined;
  return (
    <Panel title={title} isWide={isWide} isBusy={isStale || !stats}>
      {problem && !isToldAlready && <ProblemAlert error={problem} onRetry={refresh} />}
      {!stats && <Skeleton height={200} animate={problem === null} />}
      {stats?.rows.length === 0 && (
        <Text size="sm" c="dimmed" className={classes.empty}>
          {nothing}
        </Text>
      )}
      {stats && stats.rows.length > 0 && (
        <BreakdownTable dimension={dimension} stats={stats} isStale={isStale} />
      )}
      {stats && stats.totalRows > limit && limit < MANY && (
        <Button
          variant="subtle"
          size="xs"
          color="gray"
          c="dimmed"
          mt="xs"
          fullWidth
          onClick={() => setLimit(MANY)}
        >
          {stats.totalRows > MANY ? `Show the first ${MANY} of` : "Show all"} {formatCount(stats.totalRows)}{" "}
          {plural}
        </Button>
      )}
    </Panel>
  );
}
