import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import table from "../../components/table.module.css";
import { formatAge, formatMoment, personOf } from "../../components/words";
import classes from "./ChangesPage.module.css";
import { type Change, closedOf, type Gate } from "./changes";
import { ChangeMark } from "./marks";
import { gateNameOf } from "./words";

interface Props {
  changes: readonly Change[];
  now: number;
  username: string | null;
}

export function ChangeTable({ changes, now, username }: Props) {
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">Change</th>
          <th scope="col">State</th>
          <th scope="col" className={table.roomy}>
            Author
          </th>
          <th scope="col" className={table.roomy}>
            Planned for
          </th>
          <th scope="col" className={table.roomy}>
            Age
          </th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <Row key={change.id} change={change} now={now} username={username} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ change, now, username }: Omit<Props, "changes"> & { change: Change }) {
  const closed = closedOf(change);
  const planned = change.story[0]?.at;
  return (
    <tr>
      <th scope="row" className={classes.change}>
        <Anchor component={Link} size="sm" to={`/operations/changes/${change.id}`}>
          {change.title}
        </Anchor>
        <div className={classes.narrow}>
          {personOf(change.author, username)} · for {formatMoment(change.planned_for)}
        </div>
        {closed.length > 0 && <div className={classes.closed}>{keptBy(change, closed)}</div>}
      </th>
      <td>
        <ChangeMark state={change.state} />
      </td>
      <td className={table.roomy}>{personOf(change.author, username)}</td>
      <td className={`${table.roomy} ${table.moment}`}>{formatMoment(change.planned_for)}</td>
      <td className={`${table.roomy} ${table.moment}`}>{planned ? formatAge(planned, now) : "–"}</td>
    </tr>
  );
}

function keptBy({ override }: Change, closed: readonly Gate[]): string {
  const names = closed.map(({ name }) => gateNameOf(name).toLowerCase()).join(", ");
  const isAsked = override !== null && override.seconded_by === "";
  return isAsked ? `Kept by ${names}; its override waits for a second person` : `Kept by ${names}`;
}
