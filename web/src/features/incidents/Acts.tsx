import { useState } from "react";
import { ActButtons } from "../../components/ActButtons";
import { Panel } from "../../components/Panel";
import { ActForm } from "./ActForm";
import type { Act, IncidentDetail } from "./incidents";
import { ACTS } from "./words";

/** What can be done with an incident now. One thing is asked at a time. */
export function Acts({ incident }: { incident: IncidentDetail }) {
  const [chosen, setChosen] = useState<Act | null>(null);
  const act = chosen !== null && incident.may.includes(chosen) ? chosen : null;
  return (
    <Panel title="What to do">
      <ActButtons acts={incident.may} nameOf={(each) => ACTS[each]} chosen={act} onChoose={setChosen} />
      {act !== null && <ActForm key={act} incident={incident} act={act} onDone={() => setChosen(null)} />}
    </Panel>
  );
}
