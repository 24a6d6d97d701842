import { Title } from "@mantine/core";
import { Link } from "react-router";
import { formatSpan, plural } from "../../components/words";
import { BudgetBar } from "./BudgetBar";
import { FiringAlerts } from "./FiringAlerts";
import classes from "./KpiCard.module.css";
import type { Kpi } from "./kpis";
import { addressOf } from "./use-address";
import { VerdictMark } from "./VerdictMark";
import { formatNumber } from "./words";

interface Props {
  kpi: Kpi;
  isChosen: boolean;
  onChoose: () => void;
}

/** How a KPI stands and why. The whole card leads to its details; the link in it is what keyboards reach. */
export function KpiCard({ kpi, isChosen, onChoose }: Props) {
  return (
    <article className={classes.card} data-chosen={isChosen} data-verdict={kpi.verdict}>
      <header className={classes.head}>
        <Title order={2} size="h5">
          <Link
            className={classes.link}
            to={addressOf(kpi)}
            replace
            preventScrollReset
            aria-current={isChosen ? "true" : undefined}
            onClick={onChoose}
          >
            {kpi.title}
          </Link>
        </Title>
        <VerdictMark verdict={kpi.verdict} />
      </header>
      <div className={classes.numbers}>
        <Value kpi={kpi} />
        {kpi.budget && <BudgetBar budget={kpi.budget} />}
      </div>
      <FiringAlerts alerts={kpi.burn_alerts} />
      <p className={classes.why}>{kpi.why}</p>
      {kpi.verdict === "breached" && (
        <p className={classes.todo}>
          <strong>What to do:</strong> {kpi.do}
        </p>
      )}
      <p className={classes.facts}>{factsOf(kpi).join(" · ")}</p>
    </article>
  );
}

function Value({ kpi }: { kpi: Kpi }) {
  const { value, target, quantile } = kpi;
  return (
    <div>
      <div className={classes.value}>{value?.text ?? "Not measured"}</div>
      <div className={classes.target}>Target: {target.text}</div>
      {quantile && (
        <div className={classes.target}>
          p{formatNumber(quantile.percentile)}{" "}
          {quantile.upper === null
            ? `above ${quantile.lower} ms`
            : `about ${formatNumber(quantile.milliseconds)} ms (interpolated)`}
        </div>
      )}
    </div>
  );
}

function factsOf({ kind, window, samples, missing_slices, excluded_minutes }: Kpi): string[] {
  const facts = [`${window.name}, ${formatSpan(window)}`];
  if (kind !== "incidents") facts.push(plural(samples, "request"));
  if (missing_slices > 0) facts.push(`${plural(missing_slices, "slice")} missing`);
  if (excluded_minutes > 0)
    facts.push(`${plural(excluded_minutes, "minute")} excluded for planned maintenance`);
  return facts;
}
