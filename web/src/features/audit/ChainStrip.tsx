import classes from "./Audit.module.css";
import type { Verification } from "./audit";

/** The whole chain at a glance: what is not as it was written stands out, at its place. The findings tell the same. */
export function ChainStrip({ found: { until, findings } }: { found: Verification }) {
  if (until === 0) return null;
  return (
    <div aria-hidden="true">
      <div className={classes.strip}>
        {findings.map(({ first, last, what }) => (
          <span key={`${first} ${last} ${what}`} style={placeOf(first, last, until)} />
        ))}
      </div>
      <div className={classes.ends}>
        <span>1</span>
        <span>{until}</span>
      </div>
    </div>
  );
}

/** What was cut off lies behind the last row: it is drawn at the end. */
function placeOf(first: number, last: number, until: number) {
  const begin = Math.min(first - 1, until - 1);
  return {
    insetInlineStart: `${(100 * begin) / until}%`,
    inlineSize: `${(100 * (Math.min(last, until) - begin)) / until}%`,
  };
}
