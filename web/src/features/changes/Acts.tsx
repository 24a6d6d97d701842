import { ActChoice } from "../../components/ActChoice";
import { ACTS, ActForm } from "./ActForm";
import type { Act, Change } from "./changes";

/** What can be decided now. */
export function Acts({ change, acts }: { change: Change; acts: readonly Act[] }) {
  return (
    <ActChoice acts={acts} nameOf={(act) => ACTS[act].name}>
      {(act, done) => <ActForm change={change} act={act} onDone={done} />}
    </ActChoice>
  );
}
