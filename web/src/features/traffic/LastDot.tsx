import classes from "./LastDot.module.css";

interface Props {
  cx?: number | undefined;
  cy?: number | undefined;
  isShown: boolean;
}

/** Where the line stands now. */
export function LastDot({ cx, cy, isShown }: Props) {
  if (!isShown || cx === undefined || cy === undefined) return <g />;
  return <circle className={classes.dot} cx={cx} cy={cy} r={4} />;
}
