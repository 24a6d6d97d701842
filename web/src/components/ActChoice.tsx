import { Button, Group, Stack } from "@mantine/core";
import { Fragment, type ReactNode, useState } from "react";

interface Props<Act extends string> {
  acts: readonly Act[];
  nameOf: (act: Act) => string;
  /** Asks what the chosen one needs. */
  children: (act: Act, onDone: () => void) => ReactNode;
}

/** What can be decided now. One thing is asked at a time: a second click takes the choice back. */
export function ActChoice<Act extends string>({ acts, nameOf, children }: Props<Act>) {
  const [chosen, setChosen] = useState<Act | null>(null);
  const act = chosen !== null && acts.includes(chosen) ? chosen : null;
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {acts.map((each) => (
          <Button
            key={each}
            size="xs"
            variant={each === act ? "light" : "default"}
            aria-expanded={each === act}
            onClick={() => setChosen(each === act ? null : each)}
          >
            {nameOf(each)}
          </Button>
        ))}
      </Group>
      {act !== null && <Fragment key={act}>{children(act, () => setChosen(null))}</Fragment>}
    </Stack>
  );
}
