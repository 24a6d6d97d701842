import { Text, Title, UnstyledButton } from "@mantine/core";
import { Columns } from "../../components/Columns";
import table from "../../components/table.module.css";
import { formatMoment } from "../../components/words";
import classes from "./RunHistory.module.css";
import type { RunSummary } from "./runbook";
import { LOOKS, TaskStateMark } from "./TaskStateMark";
import { secondsOf } from "./words";

interface Props {
  /** Newest first. */
  runs: readonly RunSummary[];
  chosen: string | null;
  onChoose: (run: string) => void;
}

/** The latest runs: a bar for each, as high as it took, then the list. */
export function RunHistory({ runs, chosen, onChoose }: Props) {
  return (
    <section aria-label="Earlier runs">
      <Title order={3} size="h6" mb="xs">
        Runs
      </Title>
      {runs.length === 0 && (
        <Text size="sm" c="dimmed">
          It has never run. It does so at its hour, or when somebody runs it by hand.
        </Text>
      )}
      {runs.length > 1 && <Bars runs={runs} chosen={chosen} />}
      {runs.length > 0 && <RunTable runs={runs} chosen={chosen} onChoose={onChoose} />}
    </section>
  );
}

const LEAST = 0.15;

/** In words just below: the bars add nothing for those who can't see them. */
function Bars({ runs, chosen }: Omit<Props, "onChoose">) {
  const longest = Math.max(...runs.map(({ seconds }) => seconds ?? 0), 0.001);
  return (
    <div className={classes.bars} aria-hidden="true">
      {runs.toReversed().map((run) => (
        <span
          key={run.id}
          data-tone={LOOKS[run.state].tone}
          data-chosen={run.id === chosen}
          style={{ height: `${Math.max(LEAST, (run.seconds ?? 0) / longest) * 100}%` }}
          title={`${formatMoment(run.scheduled_for)}: ${run.state}, ${secondsOf(run)}`}
        />
      ))}
    </div>
  );
}

function RunTable({ runs, chosen, onChoose }: Props) {
  return (
    <table className={table.table}>
      <Columns of={["For (UTC)", "State", "Took", { roomy: "By" }]} />
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <th scope="row" className={table.moment}>
              <UnstyledButton
                className={classes.choice}
                aria-current={run.id === chosen ? "true" : undefined}
                onClick={() => onChoose(run.id)}
              >
                {formatMoment(run.scheduled_for)}
              </UnstyledButton>
            </th>
            <td>
              <TaskStateMark state={run.state} />
            </td>
            <td>{secondsOf(run)}</td>
            <td className={table.roomy}>{run.by || "schedule"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
