import { ActionIcon, Button } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { LeftIcon, RightIcon } from "../../components/icons";
import classes from "./DaySwitch.module.css";
import { dayAfter } from "./use-address";

interface Props {
  day: string;
  isToday: boolean;
  onChange: (day: string | null) => void;
}

export function DaySwitch({ day, isToday, onChange }: Props) {
  return (
    <fieldset className={classes.switch} aria-label="Day">
      <ActionIcon
        variant="default"
        size={30}
        aria-label="The day before"
        onClick={() => onChange(dayAfter(day, -1))}
      >
        <LeftIcon />
      </ActionIcon>
      <DateInput
        className={classes.day ?? ""}
        size="xs"
        aria-label="Day"
        valueFormat="D MMM YYYY"
        firstDayOfWeek={1}
        value={day}
        onChange={(value) => value !== null && onChange(value)}
      />
      <ActionIcon
        variant="default"
        size={30}
        aria-label="The day after"
        onClick={() => onChange(dayAfter(day, 1))}
      >
        <RightIcon />
      </ActionIcon>
      {!isToday && (
        <Button variant="default" size="xs" onClick={() => onChange(null)}>
          Today
        </Button>
      )}
    </fieldset>
  );
}
