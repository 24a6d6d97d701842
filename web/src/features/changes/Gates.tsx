import { Anchor, Text } from "@mantine/core";
import { Panel } from "../../components/Panel";
import { personOf } from "../../components/words";
import classes from "./ChangePage.module.css";
import type { Change } from "./changes";
import { GateMark } from "./marks";
import { askedOf, gateNameOf } from "./words";

/** What stands between a change and production now, and why: side by side where there is room. */
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
            <p className={classes.why}>
              {gate.why}
              {gate.url && (
                <>
                  {" "}
                  <Anchor href={gate.url} target="_blank" rel="noreferrer" inherit>
                    Show run
                  </Anchor>
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
      <Override change={change} username={username} />
    </Panel>
  );
}

/** Who passed closed gates, or asked for it, and why. */
function Override({ change: { override, gates }, username }: { change: Change; username: string | null }) {
  if (override === null) return null;
  if (override.seconded_by === "") {
    return (
      <Text size="sm" mt="sm" className={classes.asked}>
        {askedOf(override, username)} A second person has to agree.
      </Text>
    );
  }
  if (!gates.some(({ overridden }) => overridden)) return null;
  const [by, second] = [personOf(override.by, username), personOf(override.seconded_by, username)];
  return (
    <p className={classes.by}>
      Overridden by {by} and {second}: {override.reason}
    </p>
  );
}
