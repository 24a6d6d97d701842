import { Columns } from "../../components/Columns";
import detail from "../../components/detail.module.css";
import table from "../../components/table.module.css";
import { Value } from "../../components/Value";
import { formatCount, personOf } from "../../components/words";
import classes from "./DrillPage.module.css";
import type { DrillDetail, DrillStep } from "./drills";
import { type ComparedTable, comparedTablesOf } from "./steps";
import { formatExact } from "./words";

type Result = NonNullable<DrillStep["result"]>;

interface Props {
  name: string;
  result: Result;
  drill: DrillDetail;
  username: string | null;
}

/** What a step found: the moment and its sentinel, the tables side by side, who decided. The rest as it was recorded. */
export function StepEvidence({ name, result, drill, username }: Props) {
  const compared = name === "compare" ? comparedTablesOf(drill) : [];
  return (
    <>
      <dl className={detail.facts}>
        {Object.entries(shownOf(result, username)).map(([key, value]) => (
          <div key={key}>
            <dt>{LABELS[key] ?? key.replaceAll("_", " ")}</dt>
            <dd>
              <Value value={value} />
            </dd>
          </div>
        ))}
      </dl>
      {compared.length > 0 && <Compared tables={compared} />}
    </>
  );
}

const LABELS: Record<string, string> = {
  to: "moment",
  stalled_ms: "writers waited (ms)",
  wal_segments: "log segments replayed",
  base_completed_at: "base backup ended",
  sentinel: "sentinel row",
  sentinel_at: "sentinel written",
  seconds: "ready after (s)",
  proved_at: "proved as of",
};

/** Values by name. Of a mark only its sentinel: its tables stand beside those that were restored. */
function shownOf({ mark, tables, ...rest }: Result, username: string | null): Record<string, unknown> {
  const { sentinel, sentinel_at } = (mark ?? {}) as { sentinel?: string; sentinel_at?: string };
  const all = { ...rest, ...(sentinel && { sentinel, sentinel_at }) };
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, readable(key, value, username)]));
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

function readable(key: string, value: unknown, username: string | null): unknown {
  if (typeof value !== "string") return value;
  if (key === "by") return personOf(value, username);
  return MOMENT.test(value) && !Number.isNaN(Date.parse(value)) ? formatExact(value) : value;
}

function Compared({ tables }: { tables: readonly ComparedTable[] }) {
  const isKnown = tables.some(({ before }) => before !== null);
  const same = tables.filter(({ isSame }) => isSame === true).length;
  const verdict = isKnown
    ? `${same} of ${tables.length} tables have the rows and checksums of that moment`
    : `${tables.length} tables; what they held at that moment is not known`;
  return (
    <details className={classes.compared}>
      <summary>{verdict}</summary>
      <table className={table.table}>
        <Columns of={["Table", "Rows then", "Restored", "Checksums"]} />
        <tbody>
          {tables.map(({ name, before, restored, isSame }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{before === null ? "–" : formatCount(before)}</td>
              <td>{formatCount(restored)}</td>
              <td>{isSame === null ? "–" : isSame ? "same" : "differ"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
