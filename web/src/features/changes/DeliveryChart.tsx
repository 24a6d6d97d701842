import { memo } from "react";
import { Bars } from "../../components/Bars";
import { formatDay } from "../../components/words";
import type { DeliveryWeek } from "./changes";
import type { Figure } from "./figures";

function DeliveryChart({ weeks, figure }: { weeks: readonly DeliveryWeek[]; figure: Figure }) {
  const data = weeks.map((week) => ({ start: week.start, value: figure.of(week) }));
  return (
    <Bars
      label={`${figure.name} by week`}
      data={data}
      at="start"
      series={[{ name: "value", label: figure.name, color: figure.color }]}
      format={figure.format}
      ticks={figure.ticksTo(Math.max(0, ...data.map(({ value }) => value ?? 0)))}
      formatAt={formatDay}
      titleOf={(start) => `Week from ${formatDay(start)}`}
    />
  );
}

export default memo(DeliveryChart);
