import { Skeleton } from "@mantine/core";
import { lazy, Suspense, useMemo } from "react";
import { Panel } from "../../components/Panel";
import table from "../../components/table.module.css";
import { formatDay } from "../../components/words";
import type { Incident } from "./incidents";
import classes from "./Weeks.module.css";
import { type Week, weeksOf } from "./weeks";

const WeeksChart = lazy(() => import("./WeeksChart"));

/** How many incidents each of the last weeks opened. */
export function WeeksSection({ incidents, since }: { incidents: readonly Incident[]; since: string }) {
  const weeks = useMemo(() => weeksOf(incidents, since), [incidents, since]);
  return (
    <Panel title="Incidents per week" hint="By the week in which they were opened; merged ones count once.">
      <div className={classes.chart}>
        <Suspense fallback={<Skeleton height="100%" />}>
          <WeeksChart weeks={weeks} />
        </Suspense>
      </div>
      <ul className={classes.legend} aria-label="Colours of the chart">
        <li data-kind="impacting">Customers affected</li>
        <li data-kind="other">Customers not affected</li>
      </ul>
      <details className={classes.numbers}>
        <summary>The chart’s numbers as a table</summary>
        <WeeksTable weeks={weeks} />
      </details>
    </Panel>
  );
}

function WeeksTable({ weeks }: { weeks: readonly Week[] }) {
  return (
    <table className={table.table}>
      <caption className={table.dimmed}>Incidents per week, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Week from</th>
          <th scope="col">Customers affected</th>
          <th scope="col">Others</th>
        </tr>
      </thead>
      <tbody>
        {weeks.toReversed().map((week) => (
          <tr key={week.start}>
            <th scope="row">{formatDay(week.start)}</th>
            <td>{week.impacting}</td>
            <td>{week.other}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
