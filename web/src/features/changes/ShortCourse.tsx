import classes from "./Course.module.css";
import type { Change } from "./changes";
import { courseOf } from "./course";
import { STAGES } from "./marks";

/** How far a change is on its way to production, in a glance; its state says it in words. */
export function ShortCourse({ change }: { change: Change }) {
  return (
    <span className={classes.short} aria-hidden="true">
      {courseOf(change).map(({ name, state }) => (
        <span key={name} data-tone={STAGES[state].tone} title={name} />
      ))}
    </span>
  );
}
