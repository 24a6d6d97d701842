import { Text } from "@mantine/core";
import { Fragment, useState } from "react";
import { AnswerPanel } from "../../components/AnswerPanel";
import { Columns } from "../../components/Columns";
import { QuietButton } from "../../components/QuietButton";
import table from "../../components/table.module.css";
import { formatCount, formatMoment } from "../../components/words";
import { type Decision, type Kpi, useDecisions } from "./kpis";
import { VerdictMark } from "./VerdictMark";

const FEW = 12;
const MANY = 100;

const HINT = (
  <>
    Each was stored with its inputs: <code>p09 kpi replay ID</code> decides it again.
  </>
);

/** The last decisions, and what was announced because of them. */
export function Decisions({ kpi }: { kpi: Kpi }) {
  const [limit, setLimit] = useState(FEW);
  return (
    <AnswerPanel title="Recent decisions" hint={HINT} isWide {...useDecisions(kpi, limit)} height={200}>
      {({ decisions, next_cursor }) => (
        <>
          {decisions.length === 0 ? (
            <Text size="sm" c="dimmed">
              No decision is stored yet.
            </Text>
          ) : (
            <DecisionTable decisions={decisions} hasSamples={kpi.kind !== "incidents"} />
          )}
          {next_cursor !== null && limit < MANY && (
            <QuietButton onClick={() => setLimit(MANY)}>{`Show the last ${MANY}`}</QuietButton>
          )}
        </>
      )}
    </AnswerPanel>
  );
}

function DecisionTable({ decisions, hasSamples }: { decisions: readonly Decision[]; hasSamples: boolean }) {
  return (
    <table className={table.table}>
      <Columns
        of={[
          "At (UTC)",
          "Verdict",
          "Value",
          ...(hasSamples ? [{ roomy: "Bad of requests" }] : []),
          { roomy: "ID" },
        ]}
      />
      <tbody>
        {decisions.map((decision) => (
          <Fragment key={decision.id}>
            <tr>
              <th scope="row" className={table.moment}>
                {formatMoment(decision.at)}
              </th>
              <td>
                <VerdictMark verdict={decision.verdict} />
              </td>
              <td>{decision.value?.text ?? "–"}</td>
              {hasSamples && (
                <td className={table.roomy}>
                  {formatCount(decision.bad)} of {formatCount(decision.samples)}
                </td>
              )}
              <td className={table.roomy}>
                <code className={table.dimmed}>{decision.id}</code>
              </td>
            </tr>
            {decision.changes.length > 0 && <Changes decision={decision} />}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

/** A row of its own: a change is rare, and its reason is what one looks for. */
function Changes({ decision }: { decision: Decision }) {
  return (
    <tr data-continues="true">
      <td colSpan={5}>
        <strong>Announced: {decision.changes.map(wordOf).join(", ")}.</strong>{" "}
        <span className={table.dimmed}>{decision.why}</span>
      </td>
    </tr>
  );
}

function wordOf(change: string): string {
  return WORDS.get(change) ?? change;
}

const WORDS = new Map([
  ["KpiBreached", "breached"],
  ["KpiRecovered", "recovered"],
  ["BudgetExhausted", "budget exhausted"],
  ["KpiDataMissing", "data missing"],
  ["KpiDataReturned", "data is back"],
]);
