import { UnstyledButton } from "@mantine/core";
import { SnowflakeIcon, ToolIcon } from "../../components/icons";
import { formatSpan } from "../../components/words";
import type { Entry } from "./calendar";
import classes from "./MonthGrid.module.css";
import { type Month, nameOf } from "./months";
import { type Day, type Slot, weeksOf } from "./weeks";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const ICONS = { maintenance: ToolIcon, freeze: SnowflakeIcon };

interface Props {
  month: Month;
  entries: readonly Entry[];
  /** `2026-11-23`. */
  today: string;
  onChoose: (id: string) => void;
}

/** A month as it hangs on a wall: each entry a bar through its days. */
export function MonthGrid({ month, entries, today, onChoose }: Props) {
  return (
    <table className={classes.month} aria-label={nameOf(month)}>
      <thead>
        <tr>
          {DAYS.map((day) => (
            <th key={day} scope="col" abbr={day}>
              {day.slice(0, 3)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(month, entries).map((week) => (
          <tr key={week[0]?.date}>
            {week.map((day) => (
              <td
                key={day.date}
                data-outside={!day.isInMonth}
                aria-current={day.date === today ? "date" : undefined}
              >
                <time dateTime={day.date} className={classes.number}>
                  {Number(day.date.slice(8))}
                </time>
                <Slots day={day} onChoose={onChoose} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Slots({ day, onChoose }: { day: Day; onChoose: (id: string) => void }) {
  return (
    <div className={classes.slots}>
      {day.slots.map((slot) => (
        <Bar key={slot.entry.id} slot={slot} onChoose={onChoose} />
      ))}
    </div>
  );
}

/** Its first day says what it is and is what keyboards reach; the other days only draw it. */
function Bar({ slot, onChoose }: { slot: Slot; onChoose: (id: string) => void }) {
  const { entry, lane, isContinued, isContinuing } = slot;
  const Icon = ICONS[entry.kind];
  return (
    <UnstyledButton
      className={classes.bar}
      style={{ gridRow: lane + 1 }}
      data-kind={entry.kind}
      data-state={entry.state}
      data-continued={isContinued}
      data-continuing={isContinuing}
      tabIndex={isContinued ? -1 : 0}
      aria-label={`${entry.kind}: ${entry.title}, ${formatSpan(entry)}`}
      title={`${entry.title}, ${formatSpan(entry)}`}
      onClick={() => onChoose(entry.id)}
    >
      <Icon />
      <span className={classes.name}>{entry.title}</span>
    </UnstyledButton>
  );
}
