import type { MantineSize } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import "@mantine/dates/styles.css";

interface Props {
  label: string;
  /** `2026-11-23T16:10:00Z`, or null while there is none. */
  value: string | null;
  isDisabled?: boolean;
  description?: string;
  /** What the API said of the moment. */
  error?: string | undefined;
  isOptional?: boolean;
  /** Whether the moment is asked for to the second. */
  hasSeconds?: boolean;
  size?: MantineSize;
  onChange: (moment: string | null) => void;
}

/** A moment in UTC, typed or chosen. Read and written here, so that no time zone of the browser shifts it. */
export function MomentInput({ label, value, onChange, ...more }: Props) {
  const {
    description,
    error,
    isDisabled = false,
    isOptional = false,
    hasSeconds = false,
    size = "sm",
  } = more;
  return (
    <DateInput
      label={`${label} (UTC)`}
      description={description}
      error={error}
      placeholder={hasSeconds ? "YYYY-MM-DD HH:mm:ss" : "YYYY-MM-DD HH:mm"}
      valueFormat={(picked) => picked.slice(0, hasSeconds ? 19 : 16)}
      dateParser={parsed}
      withTime
      value={value?.replace("T", " ").replace("Z", "") ?? null}
      onChange={(picked) => onChange(picked === null ? null : momentOf(picked))}
      disabled={isDisabled}
      required={!isOptional}
      clearable={isOptional}
      size={size}
      withAsterisk={false}
      firstDayOfWeek={1}
    />
  );
}

const TYPED = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2})(?::(\d{2}))?)?$/;

/** Null for what is no moment, or not yet: it is typed letter by letter. */
function parsed(text: string): string | null {
  const [, day, time = "00:00", second = "00"] = TYPED.exec(text.trim()) ?? [];
  if (day === undefined || Number.isNaN(Date.parse(`${day}T${time}:${second}Z`))) return null;
  return `${day} ${time}:${second}`;
}

function momentOf(picked: string): string {
  const [day, time = "00:00:00"] = picked.split(" ");
  return `${day}T${time}Z`;
}
