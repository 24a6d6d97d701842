import { Skeleton, Text } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import { formatSpan } from "../../components/words";
import classes from "./BurnDown.module.css";
import { BurnDownTable } from "./BurnDownTable";
import { type BurnDown, type Kpi, useBurnDown } from "./kpis";
import { formatRate, formatShare } from "./words";

const BurnDownChart = lazy(() => import("./BurnDownChart"));

/** What is left of the error budget over its window, and when it will be gone if nothing changes. */
export function BurnDownSection({ kpi }: { kpi: Kpi }) {
  const { data, problem, retry } = useBurnDown(kpi);
  const hint = data && `${data.target.text} · ${data.window.name}, ${formatSpan(data.window)}`;
  return (
    <Panel title={`${kpi.title}: error budget left`} hint={hint} isBusy={!data}>
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {data ? <Drawn found={data} /> : !problem && <Skeleton height={320} />}
    </Panel>
  );
}

function Drawn({ found }: { found: BurnDown }) {
  return (
    <>
      <Text size="sm" mb="sm" className={classes.forecast}>
        <strong>{found.forecast.text}</strong>
        {found.burn_rate !== null && (
          <>
            {" "}
            The last {found.burn_rate_over} burned at {formatRate(found.burn_rate)} the even pace.
          </>
        )}
      </Text>
      <div className={classes.chart}>
        <Suspense fallback={<Skeleton height="100%" />}>
          <BurnDownChart found={found} />
        </Suspense>
      </div>
      <Legend found={found} />
      <details className={classes.numbers}>
        <summary>The chart’s numbers as a table</summary>
        <BurnDownTable found={found} />
      </details>
    </>
  );
}

function Legend({ found }: { found: BurnDown }) {
  const isForecast = found.forecast.exhausted_at !== null && found.forecast.exhausted_at > found.at;
  return (
    <ul className={classes.legend} aria-label="Lines of the chart">
      <li data-line="remaining">Budget left</li>
      <li data-line="pace">Even pace</li>
      {isForecast && <li data-line="forecast">Forecast</li>}
      <li data-line="review">Review below {formatShare(found.minimum_remaining)}</li>
    </ul>
  );
}
