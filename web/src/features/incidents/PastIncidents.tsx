import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { Columns } from "../../components/Columns";
import table from "../../components/table.module.css";
import { formatLength, formatMoment } from "../../components/words";
import type { Incident } from "./incidents";

export function PastIncidents({ incidents }: { incidents: readonly Incident[] }) {
  return (
    <table className={table.table}>
      <Columns of={["Opened", "Incident", "Lasted", { roomy: "Customers" }, { roomy: "Owner" }]} />
      <tbody>
        {incidents.map((incident) => (
          <tr key={incident.id}>
            <td className={table.moment}>{formatMoment(incident.opened_at)}</td>
            <th scope="row">
              <Anchor component={Link} size="sm" to={`/operations/incidents/${incident.id}`}>
                {incident.title}
              </Anchor>
              {incident.merged_into !== null && (
                <div className={table.dimmed}>merged into {incident.merged_into}</div>
              )}
            </th>
            <td>{lengthOf(incident)}</td>
            <td className={table.roomy}>{incident.customer_impacting ? "affected" : "not affected"}</td>
            <td className={table.roomy}>{incident.owner || "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function lengthOf({ began_at, resolved_at }: Incident): string {
  return resolved_at === null ? "–" : formatLength(Date.parse(resolved_at) - Date.parse(began_at));
}
