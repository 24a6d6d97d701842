import { Button } from "@mantine/core";
import type { Pages } from "../api/use-pages";

/** Reads on in a list that goes on. */
export function MoreButton({ list, children }: { list: Pages<unknown>; children: string }) {
  if (list.more === null) return null;
  return (
    <Button
      variant="subtle"
      size="xs"
      color="gray"
      c="dimmed"
      fullWidth
      mt="xs"
      loading={list.isLoadingMore}
      onClick={list.more}
    >
      {children}
    </Button>
  );
}
