import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { ACTS, ActForm } from "./ActForm";
import type { Act, Change } from "./changes";

/** What can be decided now. One thing is asked at a time. */
export function Acts({ change, acts }: { change: Change; acts: readonly Act[] }) {
  const [chosen, setChosen] = useState<Act | null>(null);
  const act = chosen !== null && acts.includes(chosen) ? chosen : null;
  return (
    <>
      <Group gap="xs">
        {acts.map((each) => (
          <Button
            key={each}
            size="xs"
            variant={each === act ? "light" : "default"}
            aria-expanded={each === act}
            onClick={() => setChosen(each === act ? null : each)}
          >
            {ACTS[each].name}
          </Button>
        ))}
      </Group>
      {act !== null && <ActForm key={act} change={change} act={act} onDone={() => setChosen(null)} />}
    </>
  );
}
