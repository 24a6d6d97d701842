import { NativeSelect, SegmentedControl, Title } from "@mantine/core";
import { type Live, LiveSwitch } from "../../components/LiveSwitch";
import type { Site } from "../sites/sites";
import classes from "./PageHeader.module.css";
import { RANGES, type Range } from "./ranges";
import { VisitorsNow } from "./VisitorsNow";

const CHOICES = RANGES.map(({ name, label }) => ({ value: name, label }));

interface Props {
  site: Site;
  range: Range;
  onRange: (name: string) => void;
  live: Live;
}

export function PageHeader({ site, range, onRange, live }: Props) {
  return (
    <header className={classes.header}>
      <title>{`${site.domain} · P09`}</title>
      <div>
        <Title order={1} size="h3">
          Traffic
        </Title>
        <span className={classes.zone}>All times in {zoneName(site.timezone)}</span>
      </div>
      <div className={classes.controls}>
        <VisitorsNow site={site} isLive={live.isOn} />
        <LiveSwitch {...live} />
        <SegmentedControl
          visibleFrom="sm"
          size="xs"
          withItemsBorders={false}
          classNames={{ root: classes.period, label: classes.choice }}
          aria-label="Period"
          data={CHOICES}
          value={range.name}
          onChange={onRange}
        />
        <NativeSelect
          hiddenFrom="sm"
          size="xs"
          aria-label="Period"
          data={CHOICES}
          value={range.name}
          onChange={(event) => onRange(event.currentTarget.value)}
        />
      </div>
    </header>
  );
}

/** `America/New_York` as people write it, and `Etc/UTC` as everybody knows it. */
function zoneName(zone: string): string {
  return zone.replace(/^Etc\//, "").replaceAll("_", " ");
}
