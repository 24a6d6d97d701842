import { Anchor, Skeleton, Text, Title } from "@mantine/core";
import { Columns } from "../../components/Columns";
import { ProblemAlert } from "../../components/ProblemAlert";
import table from "../../components/table.module.css";
import { Value } from "../../components/Value";
import { formatMoment } from "../../components/words";
import classes from "./Evidence.module.css";
import { isOver, type Run, useRun } from "./runbook";
import { TaskStateMark } from "./TaskStateMark";
import { occasionOf, secondsOf } from "./words";

/** What a run found, and what that rests on. */
export function Evidence({ taskId, runId }: { taskId: string; runId: string }) {
  const { data, problem, retry } = useRun(taskId, runId);
  if (problem) return <ProblemAlert error={problem} onRetry={retry} />;
  if (!data) return <Skeleton height={240} role="status" aria-label="Loading" aria-busy="true" />;
  return <Found run={data} />;
}

function Found({ run }: { run: Run }) {
  const names = [...new Set([...Object.keys(run.measured), ...Object.keys(run.thresholds)])];
  return (
    <section className={classes.evidence} aria-label="Evidence">
      <div className={classes.head}>
        <TaskStateMark state={run.state} />
        <Text size="xs" c="dimmed">
          {formatMoment(run.scheduled_for)} UTC {occasionOf(run)}
          {run.attempt > 1 && ` · attempt ${run.attempt}`}
          {run.late && " · began after it had counted as missed"}
          {run.seconds !== null && ` · took ${secondsOf(run)}`}
        </Text>
      </div>
      <Text size="sm" className={classes.why}>
        {run.why || (isOver(run) ? "It gave no reason." : "It has no verdict yet; this page waits for it.")}
      </Text>
      {names.length > 0 && <Comparison run={run} names={names} />}
      <References run={run} />
    </section>
  );
}

/** What was measured beside what it is held to, where both have a name in common. */
function Comparison({ run, names }: { run: Run; names: readonly string[] }) {
  return (
    <div className={classes.wide}>
      <table className={table.table}>
        <Columns of={["Value", "Measured", "Threshold"]} />
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row" className={classes.name}>
                {name.replaceAll("_", " ")}
              </th>
              <td>
                <Value value={run.measured[name]} />
              </td>
              <td>
                <Value value={run.thresholds[name]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function References({ run }: { run: Run }) {
  const links = Object.entries(run.links);
  const inputs = Object.entries(run.inputs);
  return (
    <>
      {links.length > 0 && (
        <>
          <Title order={3} size="h6">
            Further evidence
          </Title>
          <ul className={classes.list}>
            {links.map(([name, address]) => (
              <li key={name}>
                {isPage(address) ? <PageLink name={name} address={address} /> : `${name}: ${address}`}
              </li>
            ))}
          </ul>
        </>
      )}
      {inputs.length > 0 && (
        <>
          <Title order={3} size="h6">
            What was read (SHA-256)
          </Title>
          <ul className={classes.list}>
            {inputs.map(([name, digest]) => (
              <li key={name}>
                {name} <code className={classes.digest}>{digest}</code>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function PageLink({ name, address }: { name: string; address: string }) {
  return (
    <Anchor href={address} size="sm" target="_blank" rel="noreferrer">
      {name}
    </Anchor>
  );
}

function isPage(address: string): boolean {
  return /^https?:\/\//.test(address);
}
