import { type ReactNode, useState } from "react";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import type { Finding, Owner } from "./audit";
import { NO_FILTER, useFilter } from "./filter";
import { Trail } from "./Trail";
import { VerifyPanel } from "./VerifyPanel";

const NO_FINDINGS: readonly Finding[] = [];

interface Props {
  owner: Owner;
  /** Stands above the rows. */
  children?: ReactNode;
}

/** A trail, and whether it is still as it was written: rows that are not are marked. */
export function Chain({ owner, children }: Props) {
  const [, go] = useFilter();
  const [findings, setFindings] = useState(NO_FINDINGS);
  return (
    <Parts>
      <VerifyPanel
        owner={owner}
        onFindings={setFindings}
        onShow={({ last }) => go({ ...NO_FILTER, before: String(last + 1) })}
      />
      <Panel
        title="Who did what"
        hint="Newest first. Choose a name, an action or a subject to see only its rows."
      >
        {children}
        <Trail owner={owner} findings={findings} />
      </Panel>
    </Parts>
  );
}
