import { ChartFigure, ChartGrid, Numbers } from "../../components/ChartFrame";
import { Columns } from "../../components/Columns";
import { lazily } from "../../components/lazily";
import { Panel } from "../../components/Panel";
import table from "../../components/table.module.css";
import { formatMoment } from "../../components/words";
import classes from "./Backups.module.css";
import { type Backup, leastSizeOf, type Measured, type Thresholds } from "./backups";
import { formatSeconds, formatSize } from "./words";

const HistoryChart = lazily(() => import("./HistoryChart"));

interface Props {
  measured: Measured;
  thresholds: Thresholds;
}

/** How large the last backups were and how long they took. There is no panel of nothing: the verification says so. */
export function HistorySection({ measured, thresholds }: Props) {
  const { history = [] } = measured;
  if (history.length === 0) return null;
  const least = leastSizeOf(measured, thresholds);
  const hint = `The last ${history.length === 1 ? "one" : history.length}, as the last verification found them.`;
  return (
    <Panel title="Backups over time" hint={hint}>
      <ChartGrid>
        <ChartFigure caption={<SizeCaption least={least} />}>
          <HistoryChart history={history} value="size" least={least} />
        </ChartFigure>
        <ChartFigure caption="Duration">
          <HistoryChart history={history} value="duration_seconds" least={null} />
        </ChartFigure>
      </ChartGrid>
      <Numbers of="charts’">
        <HistoryTable history={history} />
      </Numbers>
    </Panel>
  );
}

function SizeCaption({ least }: { least: number | null }) {
  return (
    <>Size{least !== null && <span className={classes.least}>less than {formatSize(least)} fails</span>}</>
  );
}

function HistoryTable({ history }: { history: readonly Backup[] }) {
  return (
    <table className={table.table}>
      <caption className={table.dimmed}>Backups, newest first (UTC)</caption>
      <Columns of={["Completed", "Size", "Took", { roomy: "Recovery point" }]} />
      <tbody>
        {history.toReversed().map((backup) => (
          <tr key={backup.id}>
            <th scope="row" className={table.moment}>
              {formatMoment(backup.completed_at)}
            </th>
            <td>{formatSize(backup.size)}</td>
            <td>{formatSeconds(backup.duration_seconds)}</td>
            <td className={`${table.roomy} ${table.dimmed} ${classes.id}`}>{backup.id}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
