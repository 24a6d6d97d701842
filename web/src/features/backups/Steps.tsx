import { StateMark } from "../../components/StateMark";
import { capital } from "../../components/words";
import { STEPS } from "./DrillMark";
import classes from "./DrillPage.module.css";
import type { DrillDetail, DrillStep } from "./drills";
import { StepEvidence } from "./StepEvidence";
import { type Stage, stagesOf } from "./steps";
import { formatExact, formatSeconds } from "./words";

interface Props {
  drill: DrillDetail;
  now: number;
  username: string | null;
}

/** A drill from its first step to its last one. */
export function Steps({ drill, now, username }: Props) {
  return (
    <ol className={classes.steps}>
      {stagesOf(drill).map((stage) => (
        <StepItem key={stage.name} stage={stage} drill={drill} now={now} username={username} />
      ))}
    </ol>
  );
}

function StepItem({ stage, drill, now, username }: Props & { stage: Stage }) {
  const { name, state, step } = stage;
  const isCurrent = state === "running" || state === "retrying";
  return (
    <li className={classes.step} data-state={state} aria-current={isCurrent ? "step" : undefined}>
      <div className={classes.head}>
        <span className={classes.name}>{TITLES[name] ?? capital(name)}</span>
        <StateMark look={STEPS[state]}>{capital(isWait(stage) ? "waiting" : state)}</StateMark>
      </div>
      {step !== null && <div className={classes.when}>{whenOf(step, isCurrent ? now : null)}</div>}
      {step !== null && step.error !== "" && (
        <p className={classes.error} data-state={state}>
          {step.error}
        </p>
      )}
      {step?.result && <StepEvidence name={name} result={step.result} drill={drill} username={username} />}
    </li>
  );
}

const TITLES: Record<string, string> = {
  mark: "Mark the moment",
  provision: "Restore and replay the log",
  admit: "Let today’s logins in",
  compare: "Compare the content",
  reapply: "Bring the schema up to date",
  "smoke test": "Have the application answer from it",
  destroy: "Destroy the temporary database",
  "sign-off": "Sign-off",
  preview: "Preview what a promotion discards",
  promotion: "Promotion",
  "end credentials": "End temporary credentials",
  "set logins": "Set logins from their secrets",
  "end roles": "End roles that are over",
  "drain again": "Drain again what was accepted since",
  "forget again": "Revoke and remove again",
  "put in place": "Put the restored database in place",
  "start cold": "Start functions afresh and ask them",
  serve: "Open it to writers",
};

/** A step that is a person's to take does not run. */
function isWait({ name, state }: Stage): boolean {
  return state === "running" && (name === "sign-off" || name === "promotion");
}

function whenOf({ started_at, finished_at }: DrillStep, now: number | null): string {
  const end = finished_at === "" ? now : Date.parse(finished_at);
  const began = formatExact(started_at);
  if (end === null) return began;
  const seconds = Math.max(0, (end - Date.parse(started_at)) / 1000);
  return `${began} · ${finished_at === "" ? "for" : "took"} ${formatSeconds(seconds)}`;
}
