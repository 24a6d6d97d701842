import { useState } from "react";
import { ActButtons } from "../../components/ActButtons";
import { ACTS, ActForm } from "./ActForm";
import type { Act, Change } from "./changes";

/** What can be decided now. One thing is asked at a time. */
export function Acts({ change, acts }: { change: Change; acts: readonly Act[] }) {
  const [chosen, setChosen] = useState<Act | null>(null);
  const act = chosen !== null && acts.includes(chosen) ? chosen : null;
  return (
    <>
      <ActButtons acts={acts} nameOf={(each) => ACTS[each].name} chosen={act} onChoose={setChosen} />
      {act !== null && <ActForm key={act} change={change} act={act} onDone={() => setChosen(null)} />}
    </>
  );
}
