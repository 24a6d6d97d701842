import { capital } from "../../components/words";
import { type Incident, STATES } from "./incidents";
import classes from "./Progress.module.css";

/** How far an incident is, from investigating to resolved. */
export function Progress({ incident: { state } }: { incident: Incident }) {
  const reached = STATES.indexOf(state);
  return (
    <ol className={classes.steps} aria-label={`Progress: ${state}`}>
      {STATES.map((step, index) => (
        <li
          key={step}
          data-reached={index <= reached}
          data-over={state === "resolved"}
          aria-current={step === state ? "step" : undefined}
        >
          {capital(step)}
        </li>
      ))}
    </ol>
  );
}
