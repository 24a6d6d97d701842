import { Button } from "@mantine/core";
import { useState } from "react";
import { Parts } from "../../components/Parts";
import { ProblemAlert } from "../../components/ProblemAlert";
import { GettingStarted } from "../sites/GettingStarted";
import { InstallDialog } from "../sites/InstallDialog";
import type { Site } from "../sites/sites";
import { Breakdown } from "./Breakdown";
import { PANELS } from "./breakdowns";
import { LeftOutLine } from "./LeftOutLine";
import { PageHeader } from "./PageHeader";
import { Series } from "./Series";
import { Totals } from "./Totals";
import classes from "./TrafficPage.module.css";
import { useAddress } from "./use-address";
import { useHasEvents } from "./use-has-events";
import { useTraffic } from "./use-traffic";

/** A site's traffic in a period. */
export function TrafficPage({ site }: { site: Site }) {
  const { range, metric, setRange, setMetric } = useAddress();
  const [isLive, setLive] = useState(true);
  const [isInstalling, setInstalling] = useState(false);
  const question = { site, range, isLive };
  const traffic = useTraffic(question);
  const { totals, series, problem, retry } = traffic;
  const hasEvents = useHasEvents(site, totals.stats, isLive);

  if (hasEvents === false) {
    return (
      <Parts>
        <GettingStarted site={site} />
        <LeftOutLine stats={totals.stats} />
      </Parts>
    );
  }
  return (
    <Parts>
      <PageHeader
        site={site}
        range={range}
        onRange={setRange}
        live={{ isOn: isLive, isFailing: problem !== null, updatedAt: totals.updatedAt, onChange: setLive }}
      />
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      <section className={classes.card} aria-label="Totals and time series">
        <Totals {...totals} selected={metric} onSelect={setMetric} />
        <Series {...series} site={site} metric={metric} />
      </section>
      <LeftOutLine stats={totals.stats} />
      <Parts className={classes.breakdowns}>
        {PANELS.map((dimensions) => (
          <Breakdown key={dimensions[0]} dimensions={dimensions} question={question} traffic={traffic} />
        ))}
      </Parts>
      <Button
        className={classes.install}
        variant="subtle"
        size="compact-xs"
        color="gray"
        c="dimmed"
        onClick={() => setInstalling(true)}
      >
        Tracking code and write keys
      </Button>
      <InstallDialog site={site} isOpen={isInstalling} onClose={() => setInstalling(false)} />
    </Parts>
  );
}
