import { formatLength } from "../../components/words";
import classes from "./ChangesPage.module.css";
import { type Change, isOver, leadTimeOf } from "./changes";

interface Props {
  change: Change;
  now: number;
  /** The longest of those beside it, in milliseconds. */
  longest: number;
}

/** From a change's oldest commit to production, as a bar beside the others'; of what is on its way, so far. */
export function LeadTime({ change, now, longest }: Props) {
  const length = soFarOf(change, now);
  if (length === null) return "–";
  const isThere = leadTimeOf(change) !== null;
  return (
    <>
      {formatLength(length)}
      {!isThere && <span className={classes.soFar}> so far</span>}
      <span className={classes.lead} data-there={isThere} aria-hidden="true">
        <span style={{ inlineSize: `${(100 * length) / longest}%` }} />
      </span>
    </>
  );
}

/** Milliseconds; null for what ended before it got there. */
export function soFarOf(change: Change, now: number): number | null {
  if (isOver(change)) return leadTimeOf(change);
  return leadTimeOf(change) ?? Math.max(0, now - Date.parse(change.committed_at));
}
