import classes from "./ChangeMark.module.css";
import type { Value } from "./metrics";
import { useChange } from "./use-change";

interface Props {
  value: Value;
  subject: string;
  format: (value: Value) => string;
}

/** For a moment, by how much a number just moved. Takes no room of its own, so that nothing jumps. */
export function ChangeMark({ value, subject, format }: Props) {
  const change = useChange(value, subject);
  if (change === null) return null;
  const sign = change.by > 0 ? "+" : "−";
  return (
    <span key={change.turn} className={classes.mark} data-falling={change.by < 0} aria-hidden="true">
      {sign}
      {format(Math.abs(change.by))}
    </span>
  );
}
