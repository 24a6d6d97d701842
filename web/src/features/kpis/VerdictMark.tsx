import { CircleCheckIcon, CircleCrossIcon, CircleDotsIcon, CircleOffIcon } from "../../components/icons";
import type { Verdict } from "./kpis";
import classes from "./VerdictMark.module.css";
import { capital } from "./words";

const ICONS = {
  met: CircleCheckIcon,
  breached: CircleCrossIcon,
  "insufficient data": CircleDotsIcon,
  "no data": CircleOffIcon,
};

/** A verdict in word, sign and colour. What is not known is neither green nor red. */
export function VerdictMark({ verdict }: { verdict: Verdict }) {
  const Icon = ICONS[verdict];
  return (
    <span className={classes.mark} data-verdict={verdict}>
      <Icon />
      {capital(verdict)}
    </span>
  );
}
