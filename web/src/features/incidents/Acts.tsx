import { Button, Group } from "@mantine/core";
import { useState } from "react";
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
      <Group gap="xs">
        {incident.may.map((each) => (
          <Button
            key={each}
            size="xs"
            variant={each === act ? "light" : "default"}
            aria-expanded={each === act}
            onClick={() => setChosen(each === act ? null : each)}
          >
            {ACTS[each]}
          </Button>
        ))}
      </Group>
      {act !== null && <ActForm key={act} incident={incident} act={act} onDone={() => setChosen(null)} />}
    </Panel>
  );
}
