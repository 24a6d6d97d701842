import { formatMoment } from "../../components/words";
import classes from "./Course.module.css";
import type { Change } from "./changes";
import { courseOf, type Stage } from "./course";
import { STAGES } from "./marks";
import { said } from "./words";

/** The way to production, and how far a change has come on it. */
export function Course({ change }: { change: Change }) {
  return (
    <ol className={classes.course} aria-label="The way to production">
      {courseOf(change).map((stage) => (
        <StageItem key={stage.name} stage={stage} />
      ))}
    </ol>
  );
}

function StageItem({ stage: { name, state, at, end } }: { stage: Stage }) {
  const { tone, icon: Icon } = STAGES[state];
  return (
    <li
      className={classes.stage}
      data-tone={tone}
      data-state={state}
      aria-current={state === "now" ? "step" : undefined}
    >
      <span className={classes.sign}>
        <Icon />
      </span>
      <span className={classes.name}>{name}</span>
      <span className={classes.word}>{end === null ? WORDS[state] : said(end)}</span>
      {at !== null && <span className={classes.at}>{formatMoment(at)}</span>}
    </li>
  );
}

const WORDS = {
  done: "Done",
  now: "Next",
  stopped: "Stopped",
  "to come": "To come",
  "not reached": "Not reached",
};
