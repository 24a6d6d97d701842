import { Skeleton } from "@mantine/core";
import { type CSSProperties, type ReactNode, Suspense } from "react";
import classes from "./Chart.module.css";

/** Room for a chart, held while its library is on its way. */
export function ChartFrame({ isTall = false, children }: { isTall?: boolean; children: ReactNode }) {
  return (
    <div className={classes.chart} data-tall={isTall}>
      <Suspense fallback={<Skeleton height="100%" />}>{children}</Suspense>
    </div>
  );
}

/** Charts side by side, as far as there is room. */
export function ChartGrid({ children }: { children: ReactNode }) {
  return <div className={classes.charts}>{children}</div>;
}

export function ChartFigure({ caption, children }: { caption: ReactNode; children: ReactNode }) {
  return (
    <figure>
      <figcaption>{caption}</figcaption>
      <ChartFrame>{children}</ChartFrame>
    </figure>
  );
}

export interface Sign {
  label: string;
  color: string;
  drawn: "area" | "line" | "dashed" | "dotted" | "thin";
}

/** What the chart's colours and lines stand for. */
export function Legend({ label, signs }: { label: string; signs: readonly Sign[] }) {
  return (
    <ul className={classes.legend} aria-label={label}>
      {signs.map(({ label: text, color, drawn }) => (
        <li key={text} data-drawn={drawn} style={{ "--sign": color } as CSSProperties}>
          {text}
        </li>
      ))}
    </ul>
  );
}

/** The same for those who can't see a chart, or want to know exactly. */
export function Numbers({ of = "chart’s", children }: { of?: string; children: ReactNode }) {
  return (
    <details className={classes.numbers}>
      <summary>The {of} numbers as a table</summary>
      {children}
    </details>
  );
}
