import { useState } from "react";
import { useLocation, useParams } from "react-router";
import { ProblemError } from "../../api/problem";
import { DetailPage } from "../../components/DetailPage";
import detail from "../../components/detail.module.css";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { WhatToDo } from "../../components/WhatToDo";
import { useClaims, useMay } from "../sign-in/roles";
import { Acts } from "./Acts";
import { actsOf, waitsFor } from "./acts";
import { DrillFacts } from "./DrillFacts";
import { type DrillDetail, useDrill } from "./drills";
import { Refusals } from "./Refusals";
import { Steps } from "./Steps";
import { titleOf } from "./words";

const LIST = { name: "All backups and drills", to: "/operations/backups" };

/** One drill or restore: how it stands, step by step, and what can be decided. */
export default function DrillPage() {
  const { drillId = "" } = useParams();
  const [isLive, setLive] = useState(true);
  const drill = useDrill(drillId, isLive);
  const isBeginning = useIsBeginning(drill.problem);
  return (
    <DetailPage
      list={LIST}
      title={drill.data ? titleOf(drill.data) : drillId}
      hint={isBeginning ? "It was asked for and begins in some seconds." : `${drillId} · all times in UTC`}
      answer={isBeginning ? { ...drill, problem: null } : drill}
      live={{ isOn: isLive, onChange: setLive }}
      heights={[200, 360]}
    >
      {(found, now) => <Found drill={found} now={now} />}
    </DetailPage>
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
    mayPoint: useMay("POST /v1/drills/{drill_id}/staging"),
    mayAbort: useMay("POST /v1/drills/{drill_id}/abort"),
  };
  const acts = actsOf(drill, asker);
  return (
    <Parts className={detail.columns}>
      <Parts className={detail.side}>
        <Panel title="How it stands">
          <DrillFacts drill={drill} username={username} />
        </Panel>
        <WhatToDo hint={waitsFor(drill, asker)} hasActs={acts.length > 0}>
          <Acts drill={drill} acts={acts} />
        </WhatToDo>
        <Refusals drill={drill} username={username} />
      </Parts>
      <Panel title="Steps" hint="Each step’s result is its evidence and stays with the drill.">
        <Steps drill={drill} now={now} username={username} />
      </Panel>
    </Parts>
  );
}
