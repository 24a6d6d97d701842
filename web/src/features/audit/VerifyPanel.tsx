import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { CircleCheckIcon, WarningIcon } from "../../components/icons";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import { type Look, StateMark } from "../../components/StateMark";
import { formatCount, plural } from "../../components/words";
import classes from "./Audit.module.css";
import { type Finding, type Owner, useVerify, type Verification } from "./audit";
import { ChainStrip } from "./ChainStrip";

const HINT =
  "Each row holds the hash of the row before, and the last one is anchored every hour outside the database: what is edited, deleted, reordered, cut off or put in is found.";

const GOOD: Look = { tone: "good", icon: CircleCheckIcon };
const BAD: Look = { tone: "bad", icon: WarningIcon };

interface Props {
  owner: Owner;
  onFindings: (findings: readonly Finding[]) => void;
  onShow: (finding: Finding) => void;
}

/** Follows the whole chain, and says of each alteration where it is. */
export function VerifyPanel({ owner, onFindings, onShow }: Props) {
  const [read, setRead] = useState(0);
  const verify = useVerify(owner, setRead);
  const begin = () => {
    setRead(0);
    verify.mutate(undefined, { onSuccess: ({ findings }) => onFindings(findings) });
  };
  return (
    <Panel title="Is it as it was written?" hint={HINT} isBusy={verify.isPending}>
      <div className={classes.verify} aria-live="polite">
        <Button size="xs" variant="default" loading={verify.isPending} onClick={begin}>
          {verify.isSuccess ? "Verify again" : "Verify the trail"}
        </Button>
        {verify.isPending && read > 0 && <Text size="sm">{formatCount(read)} rows read</Text>}
        {verify.isSuccess && <Outcome found={verify.data} />}
      </div>
      {verify.isSuccess && <ChainStrip found={verify.data} />}
      {verify.isError && <ProblemAlert error={verify.error} onRetry={begin} />}
      {verify.isSuccess && verify.data.findings.length > 0 && (
        <ol className={classes.findings} aria-label="Findings">
          {verify.data.findings.map((finding) => (
            <li key={`${finding.first} ${finding.last} ${finding.what}`}>
              <strong>{placeOf(finding)}</strong> {finding.what}
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Show ${placeOf(finding)}`}
                onClick={() => onShow(finding)}
              >
                Show
              </Button>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Outcome({ found: { verified, until, isAnchored, findings } }: { found: Verification }) {
  return (
    <>
      {findings.length === 0 ? (
        <StateMark look={GOOD}>Untouched</StateMark>
      ) : (
        <StateMark look={BAD}>{plural(findings.length, "finding")}</StateMark>
      )}
      <Text size="sm">
        {plural(verified, "row")} verified, up to number {until}
        {isAnchored
          ? ", against their anchors."
          : ". No anchor exists yet: only the chain itself was followed."}
      </Text>
    </>
  );
}

function placeOf({ first, last }: Finding): string {
  return first === last ? `Row ${first}` : `Rows ${first} to ${last}`;
}
