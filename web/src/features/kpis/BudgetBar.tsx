import { formatCount } from "../../components/words";
import classes from "./BudgetBar.module.css";
import type { Budget } from "./kpis";
import { formatNumber, formatShare } from "./words";

/** What is left of an error budget. An overdrawn one reaches to the left of its zero. */
export function BudgetBar({ budget }: { budget: Budget }) {
  const { remaining, judged, window, bad, allowed } = budget;
  return (
    <div className={classes.budget} data-state={stateOf(budget)}>
      <div className={classes.line}>
        <span className={classes.label}>Error budget</span>
        <span className={classes.left}>{leftOf(remaining)}</span>
      </div>
      <Track remaining={remaining} />
      <span className={classes.detail}>
        {formatCount(bad)} bad, {formatNumber(allowed)} allowed · {window.name}
        {!judged && " · too few requests to judge"}
      </span>
    </div>
  );
}

/** In words: the bar adds nothing for those who can't see it. */
function Track({ remaining }: { remaining: number | null }) {
  const lowest = Math.min(0, remaining ?? 0);
  const place = (share: number) => `${((share - lowest) / (1 - lowest)) * 100}%`;
  const filled =
    remaining === null ? null : { left: place(Math.min(0, remaining)), right: place(Math.max(0, remaining)) };
  return (
    <div className={classes.track} aria-hidden="true">
      {filled && (
        <span
          className={classes.fill}
          style={{ left: filled.left, width: `calc(${filled.right} - ${filled.left})` }}
        />
      )}
      {lowest < 0 && <span className={classes.zero} style={{ left: place(0) }} />}
    </div>
  );
}

function leftOf(remaining: number | null): string {
  if (remaining === null) return "Not known";
  return remaining < 0 ? `Overdrawn by ${formatShare(-remaining)}` : `${formatShare(remaining)} left`;
}

function stateOf({ remaining, judged, exhausted }: Budget): "unknown" | "spent" | "left" {
  if (remaining === null || !judged) return "unknown";
  return exhausted ? "spent" : "left";
}
