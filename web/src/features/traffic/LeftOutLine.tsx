import { Text } from "@mantine/core";
import { leftOutInWords } from "./left-out";
import type { Stats } from "./use-stats";

/** What arrived in the period and is in none of its numbers; nothing where there is nothing to say. */
export function LeftOutLine({ stats }: { stats: Stats | undefined }) {
  const words = stats ? leftOutInWords(stats.leftOut) : "";
  if (words === "") return null;
  return (
    <Text size="xs" c="dimmed" px="xs">
      Left out: {words}
    </Text>
  );
}
