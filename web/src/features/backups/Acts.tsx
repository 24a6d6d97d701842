import { Text } from "@mantine/core";
import { useState } from "react";
import { ActChoice } from "../../components/ActChoice";
import { ACTS, ActForm } from "./ActForm";
import type { Act, Drill } from "./drills";

/** What can be decided now. What was decided is said until the workflow has taken it up. */
export function Acts({ drill, acts }: { drill: Drill; acts: readonly Act[] }) {
  const [decided, setDecided] = useState<{ act: Act; status: string } | null>(null);
  if (decided !== null && decided.status === drill.status) {
    return (
      <Text size="sm" role="status">
        {decided.act === "abort" ? ABORTING : "Your decision was taken; it goes on in some seconds."}
      </Text>
    );
  }
  return (
    <ActChoice acts={acts} nameOf={(act) => ACTS[act].name}>
      {(act) => <ActForm drill={drill} act={act} onDone={() => setDecided({ act, status: drill.status })} />}
    </ActChoice>
  );
}

const ABORTING = "It is being aborted: it ends after the step that runs, and its database is destroyed.";
