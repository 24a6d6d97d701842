import { ActionIcon, CopyButton, Stack, Text } from "@mantine/core";
import detail from "../../components/detail.module.css";
import { CheckIcon, CopyIcon } from "../../components/icons";
import { useNow } from "../../components/use-now";
import { formatLeft, formatMoment, personOf } from "../../components/words";
import classes from "./ChangePage.module.css";
import type { Change } from "./changes";
import { ChangeMark } from "./marks";

export function ChangeFacts({ change, username }: { change: Change; username: string | null }) {
  const { approval } = change;
  const facts: [string, string][] = [
    ["Author", personOf(change.author, username)],
    ["Planned for", formatMoment(change.planned_for)],
    ["Oldest commit", formatMoment(change.committed_at)],
  ];
  if (approval)
    facts.push(["Approved", `${formatMoment(approval.at)} by ${personOf(approval.by, username)}`]);
  return (
    <Stack gap="sm">
      <div>
        <ChangeMark state={change.state} />
      </div>
      <Text size="sm" className={classes.impact}>
        {change.impact}
      </Text>
      {approval && change.state === "approved" && <Left until={approval.until} />}
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

/** An approval that is not used runs out. */
function Left({ until }: { until: string }) {
  const left = Date.parse(until) - useNow(1000);
  return (
    <div className={classes.left}>
      <span className={classes.clock} role="timer" aria-label="Until the approval expires">
        {formatLeft(left)}
      </span>
      <span>until the approval expires, {formatMoment(until)} UTC</span>
    </div>
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
