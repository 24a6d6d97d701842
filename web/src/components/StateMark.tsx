import type { ComponentType, ReactNode } from "react";
import classes from "./StateMark.module.css";

/** How a state is to be taken; what is not known is neither good nor bad. */
export type Tone = "good" | "bad" | "warning" | "unknown" | "active" | "quiet";

export interface Look {
  tone: Tone;
  icon: ComponentType;
}

/** A state in word, sign and colour. */
export function StateMark({ look: { tone, icon: Icon }, children }: { look: Look; children: ReactNode }) {
  return (
    <span className={classes.mark} data-tone={tone}>
      <Icon />
      {children}
    </span>
  );
}
