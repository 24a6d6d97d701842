import { Anchor, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link, useLocation, useParams } from "react-router";
import { ProblemError } from "../../api/problem";
import detail from "../../components/detail.module.css";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import { useClaims, useMay } from "../sign-in/roles";
import { Acts } from "./Acts";
import { actsOf, waitsFor } from "./acts";
import { DrillFacts } from "./DrillFacts";
import { type DrillDetail, useDrill } from "./drills";
import { Refusals } from "./Refusals";
import { Steps } from "./Steps";
import { titleOf } from "./words";

/** One drill or restore: how it stands, step by step, and what can be decided. */
export default function DrillPage() {
  const { drillId = "" } = useParams();
  const [isLive, setLive] = useState(true);
  const { data, updatedAt, problem, retry } = useDrill(drillId, isLive);
  const isBeginning = useIsBeginning(problem);
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/operations/backups" size="sm" w="fit-content">
        All backups and drills
      </Anchor>
      <PageHead
        title={data ? titleOf(data) : drillId}
        hint={`${drillId} · all times in UTC`}
        live={{ isOn: isLive, isFailing: problem !== null && !isBeginning, updatedAt, onChange: setLive }}
      />
      {problem && !isBeginning && <ProblemAlert error={problem} onRetry={retry} />}
      {isBeginning && <Text size="sm">It was asked for and begins in some seconds.</Text>}
      {data && <Found drill={data} now={updatedAt} />}
      {!data && (!problem || isBeginning) && <PageSkeleton heights={[200, 360]} />}
    </Stack>
  );
}

const BEGINS_WITHIN_MS = 60_000;

/** Who has just started a drill comes here before its workflow has written anything. */
function useIsBeginning(problem: Error | null): boolean {
  const { state } = useLocation();
  const [until] = useState(() => Date.now() + BEGINS_WITHIN_MS);
  const isMissing = problem instanceof ProblemError && problem.status === 404;
  return isMissing && state?.isNew === true && Date.now() < until;
}

function Found({ drill, now }: { drill: DrillDetail; now: number }) {
  const { username } = useClaims();
  const asker = {
    maySign: useMay("POST /v1/drills/{drill_id}/sign-off"),
    mayAbort: useMay("POST /v1/drills/{drill_id}/abort"),
  };
  const acts = actsOf(drill, asker);
  const hint = waitsFor(drill, asker);
  return (
    <div className={detail.columns}>
      <div className={detail.side}>
        <Panel title="How it stands">
          <DrillFacts drill={drill} username={username} />
        </Panel>
        {(acts.length > 0 || hint !== null) && (
          <Panel title="What to do">
            {hint !== null && (
              <Text size="sm" mb={acts.length > 0 ? "sm" : 0}>
                {hint}
              </Text>
            )}
            <Acts drill={drill} acts={acts} />
          </Panel>
        )}
        <Refusals drill={drill} username={username} />
      </div>
      <Panel title="Steps" hint="Each step’s result is its evidence and stays with the drill.">
        <Steps drill={drill} now={now} username={username} />
      </Panel>
    </div>
  );
}
