import { Columns } from "../../components/Columns";
import table from "../../components/table.module.css";
import { formatCount, formatMoment } from "../../components/words";
import { tableOf } from "./burn-down";
import type { BurnDown } from "./kpis";
import { formatShare } from "./words";

export function BurnDownTable({ found }: { found: BurnDown }) {
  return (
    <table className={table.table}>
      <caption className={table.dimmed}>Error budget left, newest first (UTC)</caption>
      <Columns of={["Until", "Left", "Requests", "Bad"]} />
      <tbody>
        {tableOf(found).map((point) => (
          <tr key={point.at}>
            <th scope="row">{formatMoment(point.at)}</th>
            <td>{formatShare(point.remaining)}</td>
            <td>{formatCount(point.samples)}</td>
            <td>{formatCount(point.bad)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
