import { Button, Skeleton, Text, Title } from "@mantine/core";
import { formatCount } from "./metrics";
import classes from "./TopPages.module.css";
import { TopPagesTable } from "./TopPagesTable";
import type { LiveStats } from "./use-stats";

export const FEW = 10;
export const MANY = 100;

interface Props extends LiveStats {
  limit: number;
  onMore: () => void;
}

export function TopPages({ stats, isStale, problem, limit, onMore }: Props) {
  const rows = stats?.rows ?? [];
  return (
    <section className={classes.card} aria-labelledby="top-pages" aria-busy={isStale || !stats}>
      <Title order={2} size="h5" id="top-pages" className={classes.title}>
        Top pages
      </Title>
      {!stats && <Skeleton height={200} animate={problem === null} />}
      {stats && rows.length === 0 && (
        <Text size="sm" c="dimmed" className={classes.empty}>
          No pages were viewed in this period.
        </Text>
      )}
      {stats && rows.length > 0 && <TopPagesTable rows={rows} subject={stats.subject} isStale={isStale} />}
      {stats && stats.totalRows > limit && limit < MANY && (
        <Button variant="subtle" size="xs" color="gray" c="dimmed" mt="xs" fullWidth onClick={onMore}>
          {stats.totalRows > MANY ? `Show the first ${MANY} of` : "Show all"} {formatCount(stats.totalRows)}{" "}
          pages
        </Button>
      )}
    </section>
  );
}
