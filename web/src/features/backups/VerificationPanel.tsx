import { Anchor, Stack, Text } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { Columns } from "../../components/Columns";
import { EmptyState } from "../../components/EmptyState";
import { CircleQuestionIcon } from "../../components/icons";
import { Panel } from "../../components/Panel";
import { RunNow } from "../../components/RunNow";
import table from "../../components/table.module.css";
import { formatMoment } from "../../components/words";
import { useMay } from "../sign-in/roles";
import classes from "./Backups.module.css";
import { type Backups, evidenceOf, type Measured, TASK, type Thresholds, type Verification } from "./backups";
import { VerdictMark } from "./DrillMark";
import { factsOf } from "./facts";

/** What the last verification said, and what it found. */
export function VerificationPanel({ backups }: { backups: Backups }) {
  const { verification, verifications } = backups;
  return (
    <Panel title="The last verification" hint="Each day at 16:00 every rule is held against what is there.">
      {verification === null ? (
        <EmptyState title="The backups have never been verified" icon={CircleQuestionIcon}>
          That happens each day at 16:00. Run it now to see whether there are any, and whether they can be
          relied on.
        </EmptyState>
      ) : (
        <Stack gap="sm">
          <Verdict verification={verification} />
          <Facts measured={backups.measured} thresholds={backups.thresholds} />
          <Earlier verifications={verifications.slice(1)} />
        </Stack>
      )}
      <VerifyNow />
    </Panel>
  );
}

function Verdict({ verification }: { verification: Verification }) {
  return (
    <div className={classes.verdict}>
      <VerdictMark verdict={verification.verdict} />
      <Text size="sm" className={classes.why}>
        {verification.why || "It gave no reason."}
      </Text>
      <Anchor component={Link} size="sm" to={evidenceOf(verification)}>
        All its evidence
      </Anchor>
    </div>
  );
}

function Facts({ measured, thresholds }: { measured: Measured; thresholds: Thresholds }) {
  return (
    <dl className={classes.facts}>
      {factsOf(measured, thresholds).map(({ name, value, detail }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={classes.value}>{value}</dd>
          <dd className={classes.detail}>{detail}</dd>
        </div>
      ))}
    </dl>
  );
}

function Earlier({ verifications }: { verifications: readonly Verification[] }) {
  if (verifications.length === 0) return null;
  return (
    <details className={classes.numbers}>
      <summary>Earlier verifications ({verifications.length})</summary>
      <table className={table.table}>
        <Columns of={["At", "Verdict", "Why"]} />
        <tbody>
          {verifications.map((one) => (
            <tr key={one.run}>
              <th scope="row" className={table.moment}>
                <Anchor component={Link} size="sm" to={evidenceOf(one)}>
                  {formatMoment(one.at)}
                </Anchor>
              </th>
              <td>
                <VerdictMark verdict={one.verdict} />
              </td>
              <td className={table.dimmed}>{one.why}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function VerifyNow() {
  const mayRun = useMay("POST /v1/runbook/tasks/{task_id}/runs");
  const navigate = useNavigate();
  if (!mayRun) return null;
  return (
    <div className={classes.verify}>
      <RunNow
        taskId={TASK}
        onRequested={(run) => void navigate(`/operations/today?${new URLSearchParams({ task: TASK, run })}`)}
      />
    </div>
  );
}
