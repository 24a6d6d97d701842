import { ChangeMark } from "./ChangeMark";
import { formatCount } from "./metrics";
import classes from "./TopPages.module.css";
import type { Row } from "./use-stats";

interface Props {
  rows: readonly Row[];
  subject: string;
  isStale: boolean;
}

export function TopPagesTable({ rows, subject, isStale }: Props) {
  const most = Math.max(...rows.map((row) => row.metrics[0] ?? 0), 1);
  return (
    <table className={classes.table} aria-labelledby="top-pages" data-stale={isStale}>
      <thead>
        <tr>
          <th scope="col">Page</th>
          <th scope="col">Visitors</th>
          <th scope="col">Pageviews</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <PageRow key={row.dimensions[0]} row={row} subject={subject} most={most} />
        ))}
      </tbody>
    </table>
  );
}

function PageRow({ row, subject, most }: { row: Row; subject: string; most: number }) {
  const [visitors = null, pageviews = null] = row.metrics;
  const page = row.dimensions[0] ?? "";
  return (
    <tr>
      <th scope="row" title={page}>
        <span className={classes.bar} style={{ inlineSize: `${(100 * (visitors ?? 0)) / most}%` }} />
        <span className={classes.page}>{page}</span>
      </th>
      {[visitors, pageviews].map((value, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the columns never move
        <td key={column}>
          <span className={classes.count}>
            {formatCount(value)}
            <ChangeMark value={value} subject={subject} format={formatCount} />
          </span>
        </td>
      ))}
    </tr>
  );
}
