import { Text } from "@mantine/core";
import { Panel } from "../../components/Panel";
import { personOf } from "../../components/words";
import classes from "./ChangePage.module.css";
import type { Change } from "./changes";
import { GateMark } from "./marks";
import { gateNameOf } from "./words";

/** What stands between a change and production now, and why. */
export function Gates({ change, username }: { change: Change; username: string | null }) {
  return (
    <Panel
      title="Gates"
      hint="As they stand now. They are looked at again when it is approved and when it is promoted."
    >
      <ul className={classes.gates}>
        {change.gates.map((gate) => (
          <li key={gate.name} className={classes.gate}>
            <div className={classes.gateHead}>
              <span className={classes.gateName}>{gateNameOf(gate.name)}</span>
              <GateMark gate={gate} />
            </div>
            <p className={classes.why}>{gate.why}</p>
            {gate.overridden && <p className={classes.by}>{overrideOf(change, username)}</p>}
          </li>
        ))}
      </ul>
      <Asked change={change} username={username} />
    </Panel>
  );
}

function overrideOf({ override }: Change, username: string | null): string {
  if (override === null) return "";
  const [by, second] = [personOf(override.by, username), personOf(override.seconded_by, username)];
  return `Overridden by ${by} and ${second}: ${override.reason}`;
}

/** An override that nobody has agreed to yet. */
function Asked({ change: { override }, username }: { change: Change; username: string | null }) {
  if (override === null || override.seconded_by !== "") return null;
  return (
    <Text size="sm" mt="sm" className={classes.asked}>
      {personOf(override.by, username)} asked to override {override.gates.map(gateNameOf).join(", ")}: “
      {override.reason}” A second person has to agree.
    </Text>
  );
}
