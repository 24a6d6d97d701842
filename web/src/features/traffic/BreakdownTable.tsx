import classes from "./Breakdown.module.css";
import { BREAKDOWNS, type Dimension } from "./breakdowns";
import { ChangeMark } from "./ChangeMark";
import { formatCount } from "./metrics";
import type { Row, Stats } from "./use-stats";

interface Props {
  dimension: Dimension;
  stats: Stats;
  isStale: boolean;
}

export function BreakdownTable({ dimension, stats: { rows, subject }, isStale }: Props) {
  const { title, column, written = String } = BREAKDOWNS[dimension];
  const most = Math.max(...rows.map((row) => row.metrics[0] ?? 0), 1);
  return (
    <table className={classes.table} aria-label={title} data-stale={isStale}>
      <thead>
        <tr>
          <th scope="col">{column}</th>
          <th scope="col">Visitors</th>
          <th scope="col">Pageviews</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <ValueRow
            key={row.dimensions[0]}
            row={row}
            label={written(row.dimensions[0] ?? "")}
            subject={subject}
            most={most}
          />
        ))}
      </tbody>
    </table>
  );
}

function ValueRow(props: { row: Row; label: string; subject: string; most: number }) {
  const { row, label, subject, most } = props;
  const [visitors = null, pageviews = null] = row.metrics;
  return (
    <tr>
      <th scope="row" title={label}>
        <span className={classes.bar} style={{ inlineSize: `${(100 * (visitors ?? 0)) / most}%` }} />
        <span className={classes.value}>{label}</span>
      </th>
      {[visitors, pageviews].map((count, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the columns never move
        <td key={column}>
          <span className={classes.count}>
            {formatCount(count)}
            <ChangeMark value={count} subject={subject} format={formatCount} />
          </span>
        </td>
      ))}
    </tr>
  );
}
