import { Columns } from "../../components/Columns";
import { FlameIcon } from "../../components/icons";
import { Panel } from "../../components/Panel";
import table from "../../components/table.module.css";
import { capital } from "../../components/words";
import type { BurnAlert } from "./kpis";
import { formatRate, stateOf } from "./words";

const HINT =
  "1× spends the budget exactly by the window’s end. An alert fires when both of its windows burn faster.";

export function BurnAlerts({ alerts }: { alerts: readonly BurnAlert[] }) {
  return (
    <Panel title="Burn alerts" hint={HINT}>
      <table className={table.table}>
        <Columns of={["Alert", "Fires above", "Long", "Short", "State"]} />
        <tbody>
          {alerts.map((alert) => (
            <tr key={alert.pair}>
              <th scope="row">
                {capital(alert.pair)} <span className={table.dimmed}>{alert.severity}</span>
              </th>
              <td>{formatRate(alert.factor)}</td>
              <td>
                <Rate rate={alert.long_rate} over={alert.long} />
              </td>
              <td>
                <Rate rate={alert.short_rate} over={alert.short} />
              </td>
              <td>
                <State alert={alert} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Rate({ rate, over }: { rate: number | null; over: string }) {
  return (
    <>
      {formatRate(rate)} <span className={table.dimmed}>{over}</span>
    </>
  );
}

function State({ alert }: { alert: BurnAlert }) {
  const state = capital(stateOf(alert));
  if (!alert.firing) return <span className={table.dimmed}>{state}</span>;
  return (
    <span className={table.firing}>
      <FlameIcon />
      {state}
    </span>
  );
}
