import { Text } from "@mantine/core";
import { useState } from "react";
import { AnswerPanel } from "../../components/AnswerPanel";
import { QuietButton } from "../../components/QuietButton";
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
  return (
    <AnswerPanel
      title={title}
      isWide={isWide}
      isBusy={isStale}
      data={stats}
      problem={problem}
      retry={refresh}
      isToldAlready={traffic.problem !== null || totals.stats === undefined}
      height={200}
    >
      {(answer) => (
        <>
          {answer.rows.length === 0 ? (
            <Text size="sm" c="dimmed" className={classes.empty}>
              {nothing}
            </Text>
          ) : (
            <BreakdownTable dimension={dimension} stats={answer} isStale={isStale} />
          )}
          {answer.totalRows > limit && limit < MANY && (
            <QuietButton onClick={() => setLimit(MANY)}>
              {`${answer.totalRows > MANY ? `Show the first ${MANY} of` : "Show all"} ${formatCount(answer.totalRows)} ${plural}`}
            </QuietButton>
          )}
        </>
      )}
    </AnswerPanel>
  );
}
