import { useMemo } from "react";
import { ChartFrame, Legend, Numbers, type Sign } from "../../components/ChartFrame";
import { Columns } from "../../components/Columns";
import { lazily } from "../../components/lazily";
import { Panel } from "../../components/Panel";
import table from "../../components/table.module.css";
import { formatDay } from "../../components/words";
import type { Incident } from "./incidents";
import { type Week, weeksOf } from "./weeks";

const WeeksChart = lazily(() => import("./WeeksChart"));

const SIGNS: readonly Sign[] = [
  { label: "Customers affected", color: "var(--p09-danger)", drawn: "area" },
  { label: "Customers not affected", color: "var(--p09-muted)", drawn: "area" },
];

/** How many incidents each of the last weeks opened. */
export function WeeksSection({ incidents, since }: { incidents: readonly Incident[]; since: string }) {
  const weeks = useMemo(() => weeksOf(incidents, since), [incidents, since]);
  return (
    <Panel title="Incidents per week" hint="By the week in which they were opened; merged ones count once.">
      <ChartFrame>
        <WeeksChart weeks={weeks} />
      </ChartFrame>
      <Legend label="Colours of the chart" signs={SIGNS} />
      <Numbers>
        <WeeksTable weeks={weeks} />
      </Numbers>
    </Panel>
  );
}

function WeeksTable({ weeks }: { weeks: readonly Week[] }) {
  return (
    <table className={table.table}>
      <caption className={table.dimmed}>Incidents per week, newest first</caption>
      <Columns of={["Week from", "Customers affected", "Others"]} />
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
