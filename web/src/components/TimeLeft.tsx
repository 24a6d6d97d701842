import type { ReactNode } from "react";
import classes from "./TimeLeft.module.css";
import { formatLeft } from "./words";

interface Props {
  /** Of what the time runs down. */
  label: string;
  from: string;
  until: string;
  now: number;
  /** Behind the clock; else that it is left. */
  children?: ReactNode;
}

const LOW = 0.2;

/** What runs out, as a clock and as a bar. */
export function TimeLeft({ label, from, until, now, children = "left" }: Props) {
  const left = Date.parse(until) - now;
  const share = Math.min(1, Math.max(0, left / (Date.parse(until) - Date.parse(from))));
  return (
    <div className={classes.left}>
      <span>
        <span role="timer" aria-label={label}>
          {formatLeft(left)}
        </span>{" "}
        {children}
      </span>
      <span className={classes.bar} data-low={share < LOW}>
        <span className={classes.rest} style={{ inlineSize: `${100 * share}%` }} />
      </span>
    </div>
  );
}
