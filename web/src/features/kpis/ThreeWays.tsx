import { Columns } from "../../components/Columns";
import { Panel } from "../../components/Panel";
import table from "../../components/table.module.css";
import { formatCount, plural } from "../../components/words";
import type { Kpi } from "./kpis";
import { formatExactShare } from "./words";

type Availabilities = NonNullable<Kpi["availabilities"]>;

/** Three different questions: they are shown beside each other and never blended. */
export function ThreeWays({ found }: { found: Availabilities }) {
  return (
    <Panel title="Availability, three ways" hint="The first is the KPI. They are never blended.">
      <table className={table.table}>
        <Columns of={["Counted by", "Share", "Of"]} />
        <tbody>
          {rowsOf(found).map(([name, share, of]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{formatExactShare(share)}</td>
              <td className={table.dimmed}>{of}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function rowsOf(found: Availabilities): [name: string, share: number | null, of: string][] {
  const slices = `${formatCount(found.bad_slices)} bad of ${plural(found.slices, "slice")}, ${formatCount(found.missing_slices)} missing`;
  const runs = `${plural(found.probe_runs, "run")}, ${formatCount(found.probes_skipped)} skipped: ${found.probe_verdict}`;
  return [
    ["Requests", found.request, "requests without a 5xx"],
    ["Slices of five minutes", found.time_slice, slices],
    ["Probes", found.probe, runs],
  ];
}
