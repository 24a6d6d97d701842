import { Stack } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { ProblemAlert } from "../../components/ProblemAlert";
import { GettingStarted } from "../sites/GettingStarted";
import type { Site } from "../sites/sites";
import { isMetricName, METRICS, type MetricName } from "./metrics";
import { PageHeader } from "./PageHeader";
import { rangeOf } from "./ranges";
import { Series } from "./Series";
import { TopPages } from "./TopPages";
import { Totals } from "./Totals";
import classes from "./TrafficPage.module.css";
import { useHasEvents } from "./use-has-events";
import { useStats } from "./use-stats";

/** A site's traffic in a period. The address says which period and which metric is drawn. */
export function TrafficPage({ site }: { site: Site }) {
  const [isLive, setLive] = useState(true);
  const [address, setAddress] = useSearchParams();
  const range = rangeOf(address.get("range"));
  const chosen = address.get("metric");
  const metric: MetricName = isMetricName(chosen) ? chosen : "visitors";
  const put = (key: string, value: string) =>
    setAddress((before) => new URLSearchParams({ ...Object.fromEntries(before), [key]: value }), {
      replace: true,
    });

  const question = { site_id: site.site_id, date_range: range.name };
  const totals = useStats({ ...question, metrics: METRICS.map(({ name }) => name) }, { isLive });
  const hasEvents = useHasEvents(site, totals.data, isLive);

  if (hasEvents === false) return <GettingStarted site={site} />;
  return (
    <Stack gap="md">
      <PageHeader
        site={site}
        range={range}
        onRange={(name) => put("range", name)}
        live={{ isOn: isLive, isFailing: totals.isError, updatedAt: totals.dataUpdatedAt, onChange: setLive }}
      />
      {totals.isError && <ProblemAlert error={totals.error} onRetry={totals.refetch} />}
      <section className={classes.card} aria-label="Totals and time series">
        <Totals
          stats={totals.data}
          isStale={totals.isPlaceholderData}
          selected={metric}
          onSelect={(name) => put("metric", name)}
        />
        <Series site={site} range={range} metric={metric} isLive={isLive} />
      </section>
      <TopPages site={site} range={range} isLive={isLive} />
    </Stack>
  );
}
