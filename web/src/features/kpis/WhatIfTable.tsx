import { Text } from "@mantine/core";
import { Columns } from "../../components/Columns";
import table from "../../components/table.module.css";
import type { Decided } from "./kpis";
import { VerdictMark } from "./VerdictMark";
import classes from "./WhatIf.module.css";
import { formatShare } from "./words";

/** The decision as it was made, and as it would have been. */
export function WhatIfTable({ actual, supposed }: { actual: Decided; supposed: Decided }) {
  return (
    <div className={classes.result}>
      <table className={table.table}>
        <Columns of={["Now", "Then"]} />
        <tbody>
          <tr>
            <th scope="row">Target</th>
            <td>{actual.target.text}</td>
            <td>{supposed.target.text}</td>
          </tr>
          <tr>
            <th scope="row">Verdict</th>
            <td>
              <VerdictMark verdict={actual.verdict} />
            </td>
            <td>
              <VerdictMark verdict={supposed.verdict} />
            </td>
          </tr>
          {actual.budget && (
            <tr>
              <th scope="row">Budget left</th>
              <td>{formatShare(actual.budget.remaining)}</td>
              <td>{formatShare(supposed.budget?.remaining ?? null)}</td>
            </tr>
          )}
          {actual.burn_alerts.length > 0 && (
            <tr>
              <th scope="row">Alerts firing</th>
              <td>{firingOf(actual)}</td>
              <td>{firingOf(supposed)}</td>
            </tr>
          )}
        </tbody>
      </table>
      <Text size="sm" mt="xs">
        {supposed.why}
      </Text>
    </div>
  );
}

function firingOf({ burn_alerts }: Decided): string {
  const pairs = burn_alerts.filter(({ firing }) => firing).map(({ pair }) => pair);
  return pairs.length === 0 ? "none" : pairs.join(", ");
}
