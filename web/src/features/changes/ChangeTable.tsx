import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { Columns } from "../../components/Columns";
import table from "../../components/table.module.css";
import { formatMoment, personOf } from "../../components/words";
import classes from "./ChangesPage.module.css";
import { type Change, closedOf, type Gate } from "./changes";
import { LeadTime, soFarOf } from "./LeadTime";
import { ChangeMark } from "./marks";
import { ShortCourse } from "./ShortCourse";
import { gateNameOf } from "./words";

interface Props {
  changes: readonly Change[];
  now: number;
  username: string | null;
}

export function ChangeTable({ changes, now, username }: Props) {
  const longest = Math.max(...changes.map((change) => soFarOf(change, now) ?? 0));
  return (
    <table className={table.table}>
      <Columns
        of={["Change", "State", { roomy: "Author" }, { roomy: "Planned for" }, { roomy: "Lead time" }]}
      />
      <tbody>
        {changes.map((change) => (
          <Row key={change.id} change={change} now={now} username={username} longest={longest} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps extends Omit<Props, "changes"> {
  change: Change;
  longest: number;
}

function Row({ change, now, username, longest }: RowProps) {
  const closed = closedOf(change);
  return (
    <tr>
      <th scope="row" className={classes.change}>
        <Anchor component={Link} size="sm" to={`/operations/changes/${change.id}`}>
          {change.title}
        </Anchor>
        <div className={classes.narrow}>
          {personOf(change.author, username)} · for {formatMoment(change.planned_for)}
        </div>
        {change.demo && <div className={classes.demo}>Demo: counts in no figure</div>}
        {closed.length > 0 && <div className={classes.closed}>{keptBy(change, closed)}</div>}
      </th>
      <td>
        <ChangeMark state={change.state} />
        <ShortCourse change={change} />
      </td>
      <td className={table.roomy}>{personOf(change.author, username)}</td>
      <td className={`${table.roomy} ${table.moment}`}>{formatMoment(change.planned_for)}</td>
      <td className={`${table.roomy} ${table.moment}`}>
        <LeadTime change={change} now={now} longest={longest} />
      </td>
    </tr>
  );
}

function keptBy({ override }: Change, closed: readonly Gate[]): string {
  const names = closed.map(({ name }) => gateNameOf(name).toLowerCase()).join(", ");
  const isAsked = override !== null && override.seconded_by === "";
  return isAsked ? `Kept by ${names}; its override waits for a second person` : `Kept by ${names}`;
}
