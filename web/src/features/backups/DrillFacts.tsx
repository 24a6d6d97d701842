import { Stack, Text } from "@mantine/core";
import detail from "../../components/detail.module.css";
import { personOf } from "../../components/words";
import { DrillMark } from "./DrillMark";
import classes from "./DrillPage.module.css";
import { type DrillDetail, hasFailed } from "./drills";
import { formatExact, formatRows, formatSeconds, KINDS } from "./words";

export function DrillFacts({ drill, username }: { drill: DrillDetail; username: string | null }) {
  return (
    <Stack gap="sm">
      <div>
        <DrillMark status={drill.status} />
      </div>
      {drill.why !== "" && (
        <Text size="sm" className={classes.why} data-failed={hasFailed(drill)}>
          {drill.why}
        </Text>
      )}
      {drill.kind !== "mark" && <Objectives drill={drill} />}
      <dl className={detail.facts}>
        {factsOf(drill, username).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Stack>
  );
}

/** What a drill is made for. */
function Objectives({ drill }: { drill: DrillDetail }) {
  return (
    <dl className={classes.objectives}>
      <div>
        <dt>RPO</dt>
        <dd className={classes.figure}>{formatSeconds(drill.rpo_seconds)}</dd>
        <dd>
          {drill.status === "promoted" ? "of accepted events was lost" : "of data would have been lost"}
        </dd>
      </div>
      <div>
        <dt>RTO</dt>
        <dd className={classes.figure}>{formatSeconds(drill.rto_seconds)}</dd>
        <dd>until the database was open</dd>
      </div>
    </dl>
  );
}

function factsOf(drill: DrillDetail, username: string | null): [string, string][] {
  const facts: [string, string][] = [
    ["Kind", KINDS[drill.kind]],
    ["Restores to", drill.to === null ? "not known yet" : formatExact(drill.to)],
    [
      "Started",
      `${formatExact(drill.started_at)} by ${drill.own ? "you" : personOf(drill.started_by, username)}`,
    ],
    ["Reason", drill.reason],
  ];
  if (drill.rows !== null) facts.push(["Rows restored", formatRows(drill.rows)]);
  if (drill.signed_at !== null) {
    facts.push(["Signed off", `${formatExact(drill.signed_at)} by ${personOf(drill.signed_by, username)}`]);
  }
  if (drill.expires_at !== null && drill.status.startsWith("waiting")) {
    facts.push(["Expires", formatExact(drill.expires_at)]);
  }
  if (drill.staging !== "") facts.push(["Staging answers from it at", drill.staging]);
  if (drill.finished_at !== null) facts.push(["Ended", formatExact(drill.finished_at)]);
  if (drill.aside_removed_at !== null)
    facts.push(["Replaced database", `removed ${formatExact(drill.aside_removed_at)}`]);
  else if (drill.aside_until !== null)
    facts.push(["Replaced database", `kept until ${formatExact(drill.aside_until)}`]);
  return facts;
}
