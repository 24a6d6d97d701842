import { Button, Skeleton, Text, Title } from "@mantine/core";
import { useState } from "react";
import { ProblemAlert } from "../../components/ProblemAlert";
import type { Site } from "../sites/sites";
import type { Range } from "./ranges";
import classes from "./TopPages.module.css";
import { TopPagesTable } from "./TopPagesTable";
import { useStats } from "./use-stats";

const FEW = 10;
const MANY = 100;

interface Props {
  site: Site;
  range: Range;
  isLive: boolean;
}

export function TopPages({ site, range, isLive }: Props) {
  const [limit, setLimit] = useState(FEW);
  const stats = useStats(
    {
      site_id: site.site_id,
      date_range: range.name,
      metrics: ["visitors", "pageviews"],
      dimensions: ["event:page"],
      order_by: [
        ["visitors", "desc"],
        ["pageviews", "desc"],
        ["event:page", "asc"],
      ],
      pagination: { limit, offset: 0 },
    },
    { isLive },
  );
  const rows = stats.data?.rows ?? [];
  return (
    <section className={classes.card} aria-labelledby="top-pages">
      <Title order={2} size="h5" id="top-pages" className={classes.title}>
        Top pages
      </Title>
      {stats.isError && rows.length === 0 && <ProblemAlert error={stats.error} onRetry={stats.refetch} />}
      {stats.isPending && <Skeleton height={200} aria-label="Loading the top pages" />}
      {stats.isSuccess && rows.length === 0 && (
        <Text size="sm" c="dimmed" className={classes.empty}>
          No pages were viewed in this period.
        </Text>
      )}
      {stats.data && rows.length > 0 && (
        <TopPagesTable rows={rows} subject={stats.data.subject} isStale={stats.isPlaceholderData} />
      )}
      {rows.length === limit && limit === FEW && (
        <Button variant="subtle" size="xs" color="gray" mt="xs" onClick={() => setLimit(MANY)}>
          Show up to {MANY}
        </Button>
      )}
    </section>
  );
}
