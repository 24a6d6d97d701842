import { Button, Group, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { fieldsOf } from "../../api/problem";
import { ComponentChoice, componentsIn, isSameChoice } from "../../components/ComponentChoice";
import { MomentInput } from "../../components/MomentInput";
import { ProblemAlert } from "../../components/ProblemAlert";
import { type Change, type Entry, type Plan, useChangeEntry, usePlan } from "./calendar";

const KINDS = [
  { value: "maintenance", label: "Maintenance" },
  { value: "freeze", label: "Freeze: nothing may be deployed" },
];

export function PlanForm({ onDone }: { onDone: () => void }) {
  const plan = usePlan();
  return (
    <Fields
      before={null}
      submit="Plan it"
      isBusy={plan.isPending}
      problem={plan.error}
      onSubmit={(wanted) => plan.mutate(wanted, { onSuccess: onDone })}
      onCancel={null}
    />
  );
}

export function ChangeForm({ entry, onDone }: { entry: Entry; onDone: () => void }) {
  const change = useChangeEntry(entry.id);
  return (
    <Fields
      before={entry}
      submit="Save the change"
      isBusy={change.isPending}
      problem={change.error}
      onSubmit={(wanted) => {
        const changes = changesOf(entry, wanted);
        if (Object.keys(changes).length === 0) onDone();
        else change.mutate(changes, { onSuccess: onDone });
      }}
      onCancel={onDone}
    />
  );
}

interface Props {
  before: Entry | null;
  submit: string;
  isBusy: boolean;
  problem: Error | null;
  onSubmit: (wanted: Plan) => void;
  onCancel: (() => void) | null;
}

function Fields({ before, submit, isBusy, problem, onSubmit, onCancel }: Props) {
  const [start, setStart] = useState(before?.start ?? null);
  const [end, setEnd] = useState(before?.end ?? null);
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? "").trim();
    const kind = before?.kind ?? (field("kind") === "freeze" ? "freeze" : "maintenance");
    onSubmit({
      kind,
      title: field("title"),
      reason: field("reason"),
      start: start ?? "",
      end: end ?? "",
      components: componentsIn(event.currentTarget) ?? before?.components ?? [],
    });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm" mt={4}>
        {before === null && <NativeSelect name="kind" label="Kind" data={KINDS} />}
        <TextInput
          name="title"
          label="Title"
          defaultValue={before?.title ?? ""}
          maxLength={120}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
        />
        <MomentInput
          label="Begins"
          value={start}
          isDisabled={before?.state === "active"}
          onChange={setStart}
        />
        <MomentInput label="Ends" value={end} onChange={setEnd} />
        <Textarea
          name="reason"
          label="Reason"
          description="Customers read that of a maintenance on the status page."
          defaultValue={before?.reason ?? ""}
          maxLength={1000}
          required
          withAsterisk={false}
          autosize
          minRows={2}
        />
        <ComponentChoice
          label="What it concerns"
          description="A maintenance names at least one: it is then excused there. A freeze may name none."
          chosen={before?.components ?? []}
          error={fieldsOf(problem).components}
        />
        {problem && <ProblemAlert error={problem} />}
        <Group gap="xs">
          <Button type="submit" size="xs" loading={isBusy}>
            {submit}
          </Button>
          {onCancel && (
            <Button size="xs" variant="subtle" color="gray" onClick={onCancel}>
              Leave it as it is
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

/** Only what becomes another value. */
function changesOf(before: Entry, { title, reason, start, end, components = [] }: Plan): Change {
  return {
    ...(title !== before.title && { title }),
    ...(reason !== before.reason && { reason }),
    ...(start !== before.start && { start }),
    ...(end !== before.end && { end }),
    ...(!isSameChoice(components, before.components) && { components }),
  };
}
