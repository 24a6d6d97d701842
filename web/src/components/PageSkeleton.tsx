import { Skeleton, Stack } from "@mantine/core";

/** Stands where a page's parts will, one bar of that height for each. */
export function PageSkeleton({ heights }: { heights: readonly number[] }) {
  return (
    <Stack gap="md" role="status" aria-label="Loading" aria-busy="true">
      {heights.map((height) => (
        <Skeleton key={height} height={height} />
      ))}
    </Stack>
  );
}
