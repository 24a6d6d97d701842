import { Panel } from "../../components/Panel";
import type { Schedule } from "./runbook";
import classes from "./Schedules.module.css";
import { whenOf } from "./words";

/** What runs besides, so often or so small that it leaves no record of each run. */
export function Schedules({ schedules }: { schedules: readonly Schedule[] }) {
  return (
    <Panel title="Also runs by itself" hint="No record of each run is kept.">
      <ul className={classes.schedules}>
        {schedules.map((schedule) => (
          <li key={schedule.id}>
            {schedule.title} <span className={classes.when}>{whenOf(schedule)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
