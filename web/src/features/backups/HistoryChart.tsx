import { memo } from "react";
import { durationTicks, sizeTicks } from "../../components/axis";
import { Bars } from "../../components/Bars";
import { formatDay, formatMoment } from "../../components/words";
import type { Backup } from "./backups";
import { formatSeconds, formatSize } from "./words";

interface Props {
  /** Oldest first. */
  history: readonly Backup[];
  value: "size" | "duration_seconds";
  /** A line below which a bar should not stay. */
  least: number | null;
}

const KINDS = {
  size: { label: "Size", color: "var(--p09-accent)", format: formatSize, ticksTo: sizeTicks },
  duration_seconds: {
    label: "Duration",
    color: "var(--p09-muted)",
    format: formatSeconds,
    ticksTo: durationTicks,
  },
};

function HistoryChart({ history, value, least }: Props) {
  const { label, color, format, ticksTo } = KINDS[value];
  return (
    <Bars
      label={`${label} of each backup`}
      data={history}
      at="completed_at"
      series={[{ name: value, label, color }]}
      format={format}
      ticks={ticksTo(Math.max(least ?? 0, ...history.map((backup) => backup[value] ?? 0)))}
      formatAt={formatDay}
      titleOf={(at) => `${formatMoment(at)} UTC`}
      least={least}
    />
  );
}

export default memo(HistoryChart);
