import { Button, Checkbox, Stack, Textarea, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { fieldsOf } from "../../api/problem";
import { MomentInput } from "../../components/MomentInput";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Ticked } from "../../components/Ticked";
import { type Change, type NewChange, usePlanChange } from "./changes";

/** What is to go to production, of which artefact, and what people are to expect of it. */
export function PlanForm({ onPlanned }: { onPlanned: (change: Change) => void }) {
  const [committedAt, setCommittedAt] = useState<string | null>(null);
  const [plannedFor, setPlannedFor] = useState<string | null>(null);
  const plan = usePlanChange();
  const fields = fieldsOf(plan.error);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget);
    const moments = { committed_at: committedAt ?? "", planned_for: plannedFor ?? "" };
    plan.mutate({ ...planIn(said), ...moments }, { onSuccess: onPlanned });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          name="title"
          label="Title"
          placeholder="Invitations by mail"
          error={fields.title}
          maxLength={120}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
        />
        <Textarea
          name="impact"
          label="Impact"
          description="What people are to expect. It is announced ahead of time."
          error={fields.impact}
          maxLength={1000}
          required
          withAsterisk={false}
          autosize
          minRows={2}
        />
        <Hash
          name="commit"
          label="Commit"
          hint="In full: 40 hexadecimal digits."
          digits={40}
          error={fields.commit}
        />
        <Hash
          name="digest"
          label="Artefact"
          hint="SHA-256 of `build/assembly.tar.gz`, as `make assembly` prints it: 64 hexadecimal digits."
          digits={64}
          error={fields.digest}
        />
        <MomentInput
          label="Oldest commit made"
          description="Lead time counts from it."
          error={fields.committed_at}
          value={committedAt}
          onChange={setCommittedAt}
        />
        <MomentInput
          label="To production"
          description="When it is planned for."
          error={fields.planned_for}
          value={plannedFor}
          onChange={setPlannedFor}
        />
        <Checkbox
          name="compatible"
          label="The release before it works on its schema"
          description={
            <Ticked text="As `make check` says of its migrations. Otherwise it can’t be rolled back, and a gate stays closed." />
          }
          defaultChecked
        />
        {plan.isError && <ProblemAlert error={plan.error} />}
        <Button type="submit" w="fit-content" loading={plan.isPending}>
          Plan it
        </Button>
      </Stack>
    </form>
  );
}

const MONOSPACE = { input: { fontFamily: "var(--mantine-font-family-monospace)" } };

interface HashProps {
  name: string;
  label: string;
  hint: string;
  digits: number;
  error: string | undefined;
}

function Hash({ name, label, hint, digits, error }: HashProps) {
  return (
    <TextInput
      name={name}
      label={label}
      description={<Ticked text={hint} />}
      error={error}
      pattern={`[0-9a-f]{${digits}}`}
      title={hint.replaceAll("`", "")}
      maxLength={digits}
      styles={MONOSPACE}
      required
      withAsterisk={false}
      autoComplete="off"
      spellCheck={false}
    />
  );
}

function planIn(form: FormData): Omit<NewChange, "committed_at" | "planned_for"> {
  const field = (name: string) => String(form.get(name)).trim();
  return {
    title: field("title"),
    impact: field("impact"),
    commit: field("commit"),
    digest: field("digest"),
    migrations_compatible: form.has("compatible"),
  };
}
