import { Button, NativeSelect, Stack, Textarea } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { MomentInput } from "../../components/MomentInput";
import { ProblemAlert } from "../../components/ProblemAlert";
import { formatCount } from "../../components/words";
import { type Kind, useMarks, useStart } from "./drills";
import { PlanPreview } from "./PlanPreview";
import { formatExact } from "./words";

const KINDS = [
  { value: "drill", label: "Drill: restore aside, compare, destroy" },
  { value: "restore", label: "Restore: to be promoted" },
  { value: "mark", label: "Mark: only note what it holds now" },
];

const SUBMIT: Record<Kind, string> = {
  drill: "Start the drill",
  restore: "Start the restore",
  mark: "Mark the moment",
};

/** Chooses what to restore to which moment, and shows what would happen before it does. */
export function StartForm({ onStarted }: { onStarted: (id: string) => void }) {
  const [kind, setKind] = useState<Kind>("drill");
  const [to, setTo] = useState<string | null>(null);
  const start = useStart();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason")).trim();
    start.mutate({ kind, reason, ...(to !== null && { to }) }, { onSuccess: ({ id }) => onStarted(id) });
  };
  const choose = (chosen: Kind) => {
    setKind(chosen);
    setTo(null);
    start.reset();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <NativeSelect
          label="What"
          data={KINDS}
          value={kind}
          onChange={({ currentTarget }) => choose(currentTarget.value as Kind)}
          data-autofocus
        />
        {kind === "drill" && <MarkChoice value={to} onChange={setTo} />}
        {kind === "restore" && (
          <MomentInput
            label="To the moment"
            description="Leave it empty for the latest that can be restored."
            value={to}
            isOptional
            hasSeconds
            onChange={setTo}
          />
        )}
        <Textarea
          name="reason"
          label="Why?"
          description="Stays in the record, beside your name."
          maxLength={1000}
          required
          withAsterisk={false}
          autosize
          minRows={2}
        />
        <PlanPreview kind={kind} to={to} />
        {start.isError && <ProblemAlert error={start.error} />}
        <Button type="submit" w="fit-content" loading={start.isPending}>
          {SUBMIT[kind]}
        </Button>
      </Stack>
    </form>
  );
}

const NOW = "";

/** A drill proves content, so it goes to a moment at which the content is known. */
function MarkChoice({ value, onChange }: { value: string | null; onChange: (to: string | null) => void }) {
  const { data, problem, retry } = useMarks();
  if (problem) return <ProblemAlert error={problem} onRetry={retry} />;
  const marks = (data?.marks ?? []).map(({ at, rows }) => ({
    value: at,
    label: `${formatExact(at)} UTC, ${formatCount(rows)} rows`,
  }));
  return (
    <NativeSelect
      label="To the moment"
      description="A drill goes to a moment at which it is known what the database held."
      data={[{ value: NOW, label: "One that is marked now" }, ...marks]}
      value={value ?? NOW}
      onChange={({ currentTarget }) => onChange(currentTarget.value === NOW ? null : currentTarget.value)}
    />
  );
}
