import { ActionIcon, CopyButton, Stack, Text } from "@mantine/core";
import detail from "../../components/detail.module.css";
import { CheckIcon, CopyIcon } from "../../components/icons";
import { TimeLeft } from "../../components/TimeLeft";
import { useNow } from "../../components/use-now";
import { formatLength, formatMoment, inWords, personOf } from "../../components/words";
import classes from "./ChangePage.module.css";
import { type Approval, type Change, leadTimeOf } from "./changes";
import { ChangeMark } from "./marks";
import { gateNameOf } from "./words";

export function ChangeFacts({ change, username }: { change: Change; username: string | null }) {
  const { approval, override } = change;
  const facts: [string, string][] = [
    ...(change.demo
      ? [["Demo", "Counts in no figure, and no pipeline deploys it"] satisfies [string, string]]
      : []),
    ["Author", personOf(change.author, username)],
    ...committers(change, username),
    ["Planned for", formatMoment(change.planned_for)],
    ["Oldest commit", formatMoment(change.committed_at)],
  ];
  if (approval)
    facts.push(["Approved", `${formatMoment(approval.at)} by ${personOf(approval.by, username)}`]);
  if (override?.seconded_by) facts.push(["Overridden", inWords(override.gates.map(gateNameOf))]);
  const lead = leadTimeOf(change);
  if (lead !== null) facts.push(["Lead time", formatLength(lead)]);
  return (
    <Stack gap="sm">
      <div>
        <ChangeMark state={change.state} />
      </div>
      <Text size="sm" className={classes.impact}>
        {change.impact}
      </Text>
      {approval && change.state === "approved" && <Left approval={approval} />}
      <dl className={detail.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <Code name="Commit" code={change.commit} />
        <Code name="Artefact" code={change.digest} />
      </dl>
    </Stack>
  );
}

/** Where a pipeline has planned it: the people whose work it is. */
function committers(change: Change, username: string | null): [string, string][] {
  const people = change.committers.map((address) => personOf(address, username));
  return people.length > 0 ? [["Commits by", inWords(people)]] : [];
}

/** An approval that is not used runs out. */
function Left({ approval: { at, until } }: { approval: Approval }) {
  const now = useNow(1000);
  return (
    <TimeLeft label="Until the approval expires" from={at} until={until} now={now}>
      until the approval expires, {formatMoment(until)} UTC
    </TimeLeft>
  );
}

const SHOWN = 12;

/** The beginning of what is too long to be read; the whole can be copied. */
function Code({ name, code }: { name: string; code: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={classes.code}>
        <code title={code}>{code.slice(0, SHOWN)}</code>
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={copied ? `${name} copied` : `Copy: ${name}`}
              onClick={copy}
            >
              {copied ? <CheckIcon /> : <CopyIcon />}
            </ActionIcon>
          )}
        </CopyButton>
      </dd>
    </div>
  );
}
