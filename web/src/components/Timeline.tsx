import type { ComponentType, ReactNode } from "react";
import type { Tone } from "./StateMark";
import { Ticked } from "./Ticked";
import classes from "./Timeline.module.css";

/** What happened, newest first. */
export function Timeline({ children }: { children: ReactNode }) {
  return (
    <ol className={classes.timeline} reversed>
      {children}
    </ol>
  );
}

interface Props {
  icon: ComponentType;
  tone: Tone;
  /** When it was, who did it, and what it was. */
  when: ReactNode;
  text: string;
  children?: ReactNode;
}

export function TimelineItem({ icon: Icon, tone, when, text, children }: Props) {
  return (
    <li className={classes.entry} data-tone={tone}>
      <span className={classes.sign}>
        <Icon />
      </span>
      <div>
        <div className={classes.when}>{when}</div>
        <p className={classes.text}>
          <Ticked text={text} />
        </p>
        {children}
      </div>
    </li>
  );
}
