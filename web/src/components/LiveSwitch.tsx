import { Tooltip, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { PauseIcon, PlayIcon } from "./icons";
import classes from "./LiveSwitch.module.css";

export interface Live {
  isOn: boolean;
  isFailing: boolean;
  /** Milliseconds since the epoch; 0 before the first answer. */
  updatedAt: number;
  onChange: (isOn: boolean) => void;
}

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "UTC" });

/** Says whether the numbers move by themselves, and stops or starts that. */
export function LiveSwitch({ isOn, isFailing, updatedAt, onChange }: Live) {
  const state = isOn ? (isFailing ? "failing" : "live") : "paused";
  const hint = updatedAt === 0 ? "Not updated yet" : `Updated at ${clock.format(updatedAt)} UTC`;
  return (
    <Tooltip label={isOn ? `${hint} · Pause` : `${hint} · Resume`}>
      <UnstyledButton
        className={classes.switch}
        data-state={state}
        aria-pressed={isOn}
        onClick={() => onChange(!isOn)}
      >
        <span className={classes.dot} />
        {TEXT[state]}
        <VisuallyHidden>: automatic updates</VisuallyHidden>
        {isOn ? <PauseIcon /> : <PlayIcon />}
      </UnstyledButton>
    </Tooltip>
  );
}

const TEXT = { live: "Live", failing: "Reconnecting", paused: "Paused" };
