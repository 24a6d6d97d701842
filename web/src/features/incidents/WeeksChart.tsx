import { memo } from "react";
import { countTicks } from "../../components/axis";
import { Bars } from "../../components/Bars";
import { formatCount, formatDay } from "../../components/words";
import type { Week } from "./weeks";

const SERIES: { name: keyof Week & string; label: string; color: string }[] = [
  { name: "impacting", label: "Customers affected", color: "var(--p09-danger)" },
  { name: "other", label: "Others", color: "var(--p09-muted)" },
];

function WeeksChart({ weeks }: { weeks: readonly Week[] }) {
  return (
    <Bars
      label="Incidents per week"
      data={weeks}
      at="start"
      series={SERIES}
      format={formatCount}
      ticks={countTicks(Math.max(0, ...weeks.map(({ impacting, other }) => impacting + other)))}
      formatAt={formatDay}
      titleOf={(start) => `Week from ${formatDay(start)}`}
      axisWidth={28}
    />
  );
}

export default memo(WeeksChart);
