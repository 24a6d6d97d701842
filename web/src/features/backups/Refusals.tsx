import { Panel } from "../../components/Panel";
import table from "../../components/table.module.css";
import { personOf } from "../../components/words";
import classes from "./DrillPage.module.css";
import type { DrillDetail } from "./drills";
import { refusalsOf } from "./steps";
import { formatExact } from "./words";

/** Decisions that somebody tried who may not take them. */
export function Refusals({ drill, username }: { drill: DrillDetail; username: string | null }) {
  const refusals = refusalsOf(drill);
  if (refusals.length === 0) return null;
  return (
    <Panel title="Refused decisions" hint="They are in the audit trail as well.">
      <ul className={classes.refusals}>
        {refusals.map((refusal) => (
          <li key={refusal.name}>
            <div className={table.dimmed}>
              {formatExact(refusal.started_at)} · {personOf(String(refusal.result?.by ?? ""), username)}
            </div>
            {refusal.error}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
