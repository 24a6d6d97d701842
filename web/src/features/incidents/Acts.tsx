import { ActChoice } from "../../components/ActChoice";
import { Panel } from "../../components/Panel";
import { ActForm } from "./ActForm";
import type { IncidentDetail } from "./incidents";
import { ACTS } from "./words";

/** What can be done with an incident now. */
export function Acts({ incident }: { incident: IncidentDetail }) {
  return (
    <Panel title="What to do">
      <ActChoice acts={incident.may} nameOf={(act) => ACTS[act]}>
        {(act, done) => <ActForm incident={incident} act={act} onDone={done} />}
      </ActChoice>
    </Panel>
  );
}
