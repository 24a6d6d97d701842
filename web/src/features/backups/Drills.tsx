import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { AnswerPanel } from "../../components/AnswerPanel";
import { Columns } from "../../components/Columns";
import { EmptyState } from "../../components/EmptyState";
import { CircleQuestionIcon } from "../../components/icons";
import table from "../../components/table.module.css";
import { formatMoment } from "../../components/words";
import classes from "./Backups.module.css";
import { DrillMark } from "./DrillMark";
import { type Drill, hasFailed, useDrills } from "./drills";
import { formatRows, formatSeconds, titleOf } from "./words";

const FEW = 20;
const MANY = 100;

/** What was proved by restoring, newest first. */
export function Drills({ isLive }: { isLive: boolean }) {
  const [limit, setLimit] = useState(FEW);
  return (
    <AnswerPanel
      title="Drills and restores"
      hint="A backup counts once it was restored: open a drill to see its steps and their evidence."
      {...useDrills(limit, isLive)}
      height={160}
    >
      {({ drills, next_cursor }) => (
        <Stack gap="sm">
          {drills.length === 0 ? (
            <EmptyState title="Nothing was ever restored" icon={CircleQuestionIcon}>
              A backup that nobody has restored proves nothing. Start a drill: it restores to a temporary
              database, compares every table and destroys it again. A DBA or SRE may, here or by{" "}
              <code>p09 restore drill</code>.
            </EmptyState>
          ) : (
            <DrillTable drills={drills} />
          )}
          {next_cursor !== null && limit < MANY && (
            <Button size="xs" variant="default" w="fit-content" onClick={() => setLimit(MANY)}>
              Show more
            </Button>
          )}
          {next_cursor !== null && limit === MANY && (
            <Text size="xs" c="dimmed">
              <code>p09 restore list</code> prints those before.
            </Text>
          )}
        </Stack>
      )}
    </AnswerPanel>
  );
}

function DrillTable({ drills }: { drills: readonly Drill[] }) {
  return (
    <table className={table.table}>
      <Columns of={["Drill or restore", "State", { roomy: "RPO" }, { roomy: "RTO" }, { roomy: "Rows" }]} />
      <tbody>
        {drills.map((drill) => (
          <DrillRow key={drill.id} drill={drill} />
        ))}
      </tbody>
    </table>
  );
}

function DrillRow({ drill }: { drill: Drill }) {
  return (
    <tr>
      <th scope="row" className={classes.drill}>
        <Anchor component={Link} size="sm" to={`/operations/backups/${drill.id}`}>
          {titleOf(drill)}
        </Anchor>
        <div className={table.dimmed}>
          {formatMoment(drill.started_at)} · {drill.reason}
        </div>
        {drill.why !== "" && (
          <div className={hasFailed(drill) ? classes.reason : table.dimmed}>{drill.why}</div>
        )}
        {drill.staging !== "" && (
          <div className={table.dimmed}>Staging answers from it at {drill.staging}</div>
        )}
      </th>
      <td>
        <DrillMark status={drill.status} />
      </td>
      <td className={table.roomy}>{formatSeconds(drill.rpo_seconds)}</td>
      <td className={table.roomy}>{formatSeconds(drill.rto_seconds)}</td>
      <td className={table.roomy}>{formatRows(drill.rows)}</td>
    </tr>
  );
}
