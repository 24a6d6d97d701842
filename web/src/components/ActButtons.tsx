import { Button, Group } from "@mantine/core";

interface Props<Act extends string> {
  acts: readonly Act[];
  nameOf: (act: Act) => string;
  chosen: Act | null;
  onChoose: (act: Act | null) => void;
}

/** What can be decided, of which one at most is chosen: a second click takes it back. */
export function ActButtons<Act extends string>({ acts, nameOf, chosen, onChoose }: Props<Act>) {
  return (
    <Group gap="xs">
      {acts.map((each) => (
        <Button
          key={each}
          size="xs"
          variant={each === chosen ? "light" : "default"}
          aria-expanded={each === chosen}
          onClick={() => onChoose(each === chosen ? null : each)}
        >
          {nameOf(each)}
        </Button>
      ))}
    </Group>
  );
}
