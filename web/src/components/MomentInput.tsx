import { DateInput } from "@mantine/dates";
import "@mantine/dates/styles.css";
import dayjs from "dayjs";
import customParseFormat from "dayjs/plugin/customParseFormat";

// Without it, what is typed can't be read in the format that is shown.
dayjs.extend(customParseFormat);

const FORMAT = "YYYY-MM-DD HH:mm";

interface Props {
  label: string;
  description?: string;
  /** `2026-11-23T16:10:00Z`, or null while there is none. */
  value: string | null;
  isDisabled?: boolean;
  onChange: (moment: string | null) => void;
}

/** A moment in UTC, typed or chosen. The picker knows no time zones, so none can shift it. */
export function MomentInput({ label, description, value, isDisabled = false, onChange }: Props) {
  return (
    <DateInput
      label={`${label} (UTC)`}
      description={description}
      placeholder={FORMAT}
      valueFormat={FORMAT}
      value={value?.replace("T", " ").replace("Z", "") ?? null}
      onChange={(picked) => onChange(picked === null ? null : momentOf(picked))}
      disabled={isDisabled}
      required
      withAsterisk={false}
      firstDayOfWeek={1}
    />
  );
}

function momentOf(picked: string): string {
  const [day, time = "00:00:00"] = picked.split(" ");
  return `${day}T${time}Z`;
}
