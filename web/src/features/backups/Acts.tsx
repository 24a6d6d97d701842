import { Text } from "@mantine/core";
import { useState } from "react";
import { ActButtons } from "../../components/ActButtons";
import { ACTS, ActForm } from "./ActForm";
import type { Act, Drill } from "./drills";

/** What can be decided now. One thing is asked at a time. */
export function Acts({ drill, acts }: { drill: Drill; acts: readonly Act[] }) {
  const [chosen, setChosen] = useState<Act | null>(null);
  const [decided, setDecided] = useState<{ act: Act; status: string } | null>(null);
  const act = chosen !== null && acts.includes(chosen) ? chosen : null;
  if (decided !== null && decided.status === drill.status) {
    return (
      <Text size="sm" role="status">
        {decided.act === "abort" ? ABORTING : "Your decision was taken; it goes on in some seconds."}
      </Text>
    );
  }
  const done = (taken: Act) => {
    setChosen(null);
    setDecided({ act: taken, status: drill.status });
  };
  return (
    <>
      <ActButtons acts={acts} nameOf={(each) => ACTS[each].name} chosen={act} onChoose={setChosen} />
      {act !== null && <ActForm key={act} drill={drill} act={act} onDone={() => done(act)} />}
    </>
  );
}

const ABORTING = "It is being aborted: it ends after the step that runs, and its database is destroyed.";
