import { Link } from "react-router";
import { formatTime } from "../../components/words";
import classes from "./DayStrip.module.css";
import type { RunbookDay, Task } from "./runbook";
import { LOOKS } from "./TaskStateMark";
import { type Address, paramsOf } from "./use-address";

const DAY_MS = 86_400_000;
const HOURS = [0, 6, 12, 18, 24];
/** Marks that would lie on each other on a narrow screen stand in two rows. */
const NEAR = 2 / 24;

/** The day as a line: what stands when, what became of it, and how far the day is. */
export function DayStrip({ found, address }: { found: RunbookDay; address: Address }) {
  const start = Date.parse(found.date);
  const place = (at: string | number) => (new Date(at).getTime() - start) / DAY_MS;
  const now = place(found.now);
  return (
    <div className={classes.strip}>
      <div className={classes.track} aria-hidden="true">
        <span className={classes.past} style={{ width: percent(Math.min(1, Math.max(0, now))) }} />
        {now > 0 && now < 1 && (
          <span className={classes.now} style={{ left: percent(now) }}>
            <span>{formatTime(found.now)}</span>
          </span>
        )}
        {HOURS.map((hour) => (
          <span key={hour} className={classes.hour} style={{ left: percent(hour / 24) }}>
            {String(hour).padStart(2, "0")}
          </span>
        ))}
      </div>
      <ol className={classes.marks} aria-label="The day’s tasks in their order">
        {staggered(found.tasks, place).map(({ task, at, row }) => (
          <li key={task.id} className={classes.mark} style={{ left: percent(at) }} data-row={row}>
            <Mark task={task} address={address} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Mark({ task, address }: { task: Task; address: Address }) {
  const { tone, icon: Icon } = LOOKS[task.state];
  const label = `${task.due_at ? formatTime(task.due_at) : ""} ${task.title.replaceAll("`", "")}: ${task.state}`;
  return (
    <Link
      className={classes.link}
      data-tone={tone}
      to={{ search: paramsOf({ ...address, task: task.id, run: null }).toString() }}
      aria-label={label}
      title={label}
    >
      <Icon />
    </Link>
  );
}

interface Placed {
  task: Task;
  at: number;
  row: 0 | 1;
}

function staggered(tasks: readonly Task[], place: (at: string) => number): Placed[] {
  const placed: Placed[] = [];
  for (const task of tasks.toSorted((one, other) => one.hour - other.hour)) {
    if (task.due_at === null) continue;
    const at = place(task.due_at);
    const before = placed.at(-1);
    const isNear = before !== undefined && at - before.at < NEAR;
    placed.push({ task, at, row: isNear && before.row === 0 ? 1 : 0 });
  }
  return placed;
}

function percent(share: number): string {
  return `${share * 100}%`;
}
