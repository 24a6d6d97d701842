import { useState } from "react";
import { useParams } from "react-router";
import { DetailPage } from "../../components/DetailPage";
import detail from "../../components/detail.module.css";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { WhatToDo } from "../../components/WhatToDo";
import { useClaims } from "../sign-in/roles";
import { Acts } from "./Acts";
import { actsOf, waitsFor } from "./acts";
import { ChangeFacts } from "./ChangeFacts";
import { Course } from "./Course";
import { type Change, useChange } from "./changes";
import { Gates } from "./Gates";
import { Story } from "./Story";
import { useAsker } from "./use-asker";

const LIST = { name: "All changes", to: "/operations/changes" };

/** One change: how far it is, what keeps it, what happened, and what can be decided. */
export default function ChangePage() {
  const { changeId = "" } = useParams();
  const [isLive, setLive] = useState(true);
  const change = useChange(changeId, isLive);
  return (
    <DetailPage
      list={LIST}
      title={change.data?.title ?? changeId}
      hint={`${changeId} · all times in UTC`}
      answer={change}
      live={{ isOn: isLive, onChange: setLive }}
      heights={[120, 320]}
    >
      {(found) => <Found change={found} />}
    </DetailPage>
  );
}

function Found({ change }: { change: Change }) {
  const asker = useAsker();
  const { username } = useClaims();
  const acts = actsOf(change, asker);
  return (
    <Parts>
      <Panel title="Progress">
        <Course change={change} />
      </Panel>
      {change.gates.length > 0 && <Gates change={change} username={username} />}
      <Parts className={detail.columns}>
        <Parts className={detail.side}>
          <WhatToDo hint={waitsFor(change, asker)} hasActs={acts.length > 0}>
            <Acts change={change} acts={acts} />
          </WhatToDo>
          <Panel title="How it stands">
            <ChangeFacts change={change} username={username} />
          </Panel>
        </Parts>
        <Panel title="Story" hint="Newest first.">
          <Story change={change} username={username} />
        </Panel>
      </Parts>
    </Parts>
  );
}
