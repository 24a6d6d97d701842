import { Anchor, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link, useParams } from "react-router";
import detail from "../../components/detail.module.css";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import { useClaims } from "../sign-in/roles";
import { Acts } from "./Acts";
import { actsOf, waitsFor } from "./acts";
import { ChangeFacts } from "./ChangeFacts";
import { Course } from "./Course";
import { type Change, useChange } from "./changes";
import { Gates } from "./Gates";
import { Story } from "./Story";
import { useAsker } from "./use-asker";

/** One change: how far it is, what keeps it, what happened, and what can be decided. */
export default function ChangePage() {
  const { changeId = "" } = useParams();
  const [isLive, setLive] = useState(true);
  const { data, updatedAt, problem, retry } = useChange(changeId, isLive);
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/operations/changes" size="sm" w="fit-content">
        All changes
      </Anchor>
      <PageHead
        title={data?.title ?? changeId}
        hint={`${changeId} · all times in UTC`}
        live={{ isOn: isLive, isFailing: problem !== null, updatedAt, onChange: setLive }}
      />
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {data && <Found change={data} />}
      {!data && !problem && <PageSkeleton heights={[120, 320]} />}
    </Stack>
  );
}

function Found({ change }: { change: Change }) {
  const asker = useAsker();
  const { username } = useClaims();
  const acts = actsOf(change, asker);
  const hint = waitsFor(change, asker);
  return (
    <>
      <Panel title="Progress">
        <Course change={change} />
      </Panel>
      <div className={detail.columns}>
        <div className={detail.side}>
          <Panel title="How it stands">
            <ChangeFacts change={change} username={username} />
          </Panel>
          {(acts.length > 0 || hint !== null) && (
            <Panel title="What to do">
              {hint !== null && (
                <Text size="sm" mb={acts.length > 0 ? "sm" : 0}>
                  {hint}
                </Text>
              )}
              {acts.length > 0 && <Acts change={change} acts={acts} />}
            </Panel>
          )}
          {change.gates.length > 0 && <Gates change={change} username={username} />}
        </div>
        <Panel title="Story" hint="Newest first.">
          <Story change={change} username={username} />
        </Panel>
      </div>
    </>
  );
}
