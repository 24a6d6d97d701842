import { formatMoment, plural } from "../../components/words";
import classes from "./BurnDown.module.css";
import type { Row } from "./burn-down";
import { formatShare } from "./words";

export function BurnDownTooltip({ payload }: { payload?: readonly { payload?: Row }[] }) {
  const row = payload?.[0]?.payload;
  if (row === undefined || row.samples === null) return null;
  return (
    <div className={classes.tooltip}>
      <div className={classes.moment}>{formatMoment(row.at)} UTC</div>
      <div className={classes.left}>{formatShare(row.remaining)} left</div>
      <div className={classes.moment}>
        {row.bad} bad of {plural(row.samples, "request")} until then; even pace {formatShare(row.pace)}
      </div>
    </div>
  );
}
