import type { ReactNode } from "react";
import classes from "./Disclosure.module.css";

interface Props {
  summary: string;
  /** The summary for those who do not see what it stands by. */
  label?: string;
  children: ReactNode;
}

/** What only some want to read: it opens in place. */
export function Disclosure({ summary, label, children }: Props) {
  return (
    <details className={classes.more}>
      <summary aria-label={label}>{summary}</summary>
      {children}
    </details>
  );
}
