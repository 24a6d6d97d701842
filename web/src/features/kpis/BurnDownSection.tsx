import { Text } from "@mantine/core";
import { AnswerPanel } from "../../components/AnswerPanel";
import { ChartFrame, Legend, Numbers, type Sign } from "../../components/ChartFrame";
import { lazily } from "../../components/lazily";
import { formatSpan } from "../../components/words";
import classes from "./BurnDown.module.css";
import { BurnDownTable } from "./BurnDownTable";
import { type BurnDown, type Kpi, useBurnDown } from "./kpis";
import { formatRate, formatShare } from "./words";

const BurnDownChart = lazily(() => import("./BurnDownChart"));

/** What is left of the error budget over its window, and when it will be gone if nothing changes. */
export function BurnDownSection({ kpi }: { kpi: Kpi }) {
  const { data, ...answer } = useBurnDown(kpi);
  const hint = data && `${data.target.text} · ${data.window.name}, ${formatSpan(data.window)}`;
  return (
    <AnswerPanel title={`${kpi.title}: error budget left`} hint={hint} data={data} {...answer} height={320}>
      {(found) => <Drawn found={found} />}
    </AnswerPanel>
  );
}

function Drawn({ found }: { found: BurnDown }) {
  return (
    <>
      <Text size="sm" mb="sm" className={classes.forecast}>
        <strong>{found.forecast.text}</strong>
        {found.burn_rate !== null && (
          <>
            {" "}
            The last {found.burn_rate_over} burned at {formatRate(found.burn_rate)} the even pace.
          </>
        )}
      </Text>
      <ChartFrame isTall>
        <BurnDownChart found={found} />
      </ChartFrame>
      <Legend label="Lines of the chart" signs={signsOf(found)} />
      <Numbers>
        <BurnDownTable found={found} />
      </Numbers>
    </>
  );
}

function signsOf({ forecast, at, minimum_remaining }: BurnDown): Sign[] {
  const isForecast = forecast.exhausted_at !== null && forecast.exhausted_at > at;
  return [
    { label: "Budget left", color: "var(--p09-accent)", drawn: "line" },
    { label: "Even pace", color: "var(--p09-muted)", drawn: "dashed" },
    ...(isForecast ? [{ label: "Forecast", color: "var(--p09-danger)", drawn: "dotted" } as const] : []),
    { label: `Review below ${formatShare(minimum_remaining)}`, color: "var(--p09-warning)", drawn: "thin" },
  ];
}
