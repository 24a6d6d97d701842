import table from "../../components/table.module.css";
import { formatCount, formatMoment } from "../../components/words";
import { tableOf } from "./burn-down";
import type { BurnDown } from "./kpis";
import { formatShare } from "./words";

export function BurnDownTable({ found }: { found: BurnDown }) {
  return (
    <table className={table.table}>
      <caption className={table.dimmed}>Error budget left, newest first (UTC)</caption>
      <thead>
        <tr>
          <th scope="col">Until</th>
          <th scope="col">Left</th>
          <th scope="col">Requests</th>
          <th scope="col">Bad</th>
        </tr>
      </thead>
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
