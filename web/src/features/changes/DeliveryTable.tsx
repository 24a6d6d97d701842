import { Columns } from "../../components/Columns";
import table from "../../components/table.module.css";
import { formatDay } from "../../components/words";
import type { DeliveryWeek } from "./changes";
import { FIGURES } from "./figures";

const NONE = "–";

export function DeliveryTable({ weeks }: { weeks: readonly DeliveryWeek[] }) {
  return (
    <table className={table.table}>
      <caption className={table.dimmed}>Delivery by week, newest first</caption>
      <Columns of={["Week from", ...FIGURES.map(({ name }) => name)]} />
      <tbody>
        {weeks.toReversed().map((week) => (
          <tr key={week.start}>
            <th scope="row">{formatDay(week.start)}</th>
            {FIGURES.map(({ name, of, format }) => {
              const value = of(week);
              return <td key={name}>{value === null ? NONE : format(value)}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
