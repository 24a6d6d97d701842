import { SegmentedControl, Text } from "@mantine/core";
import { useState } from "react";
import { AnswerPanel } from "../../components/AnswerPanel";
import { QuietButton } from "../../components/QuietButton";
import { capital } from "../../components/words";
import classes from "./Breakdown.module.css";
import { BreakdownTable } from "./BreakdownTable";
import { BREAKDOWNS, type Dimension } from "./breakdowns";
import { formatCount } from "./metrics";
import { useBreakdown } from "./use-breakdown";
import type { Traffic, TrafficQuestion } from "./use-traffic";

const FEW = 10;
const MANY = 100;

interface Props {
  /** One of them is shown and asked for at a time. */
  dimensions: readonly [Dimension, ...Dimension[]];
  question: TrafficQuestion;
  traffic: Traffic;
}

/** The values of a dimension with the most visitors. */
export function Breakdown({ dimensions, question, traffic }: Props) {
  const [dimension, setDimension] = useState(dimensions[0]);
  const { title, plural, nothing, isWide = false } = BREAKDOWNS[dimension];
  const [limit, setLimit] = useState(FEW);
  const { totals } = traffic;
  const { stats, isStale, problem, refresh } = useBreakdown({ ...question, dimension, limit, totals });
  const choose = (chosen: Dimension) => {
    setDimension(chosen);
    setLimit(FEW);
  };
  return (
    <AnswerPanel
      title={title}
      controls={
        dimensions.length > 1 && <Choice dimensions={dimensions} value={dimension} onChange={choose} />
      }
      isWide={isWide}
      isBusy={isStale}
      // While the answer is under way, the latest one is of another dimension.
      data={stats?.dimensions[0] === dimension ? stats : undefined}
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

interface ChoiceProps {
  dimensions: readonly Dimension[];
  value: Dimension;
  onChange: (chosen: Dimension) => void;
}

function Choice({ dimensions, value, onChange }: ChoiceProps) {
  return (
    <SegmentedControl
      size="xs"
      withItemsBorders={false}
      classNames={{ root: classes.choice, label: classes.label }}
      aria-label="Break down by"
      data={dimensions.map((each) => ({ value: each, label: capital(BREAKDOWNS[each].plural) }))}
      value={value}
      onChange={onChange}
    />
  );
}
