import { Checkbox, Stack } from "@mantine/core";
import { fieldsOf } from "../../api/problem";
import { AskForm } from "../../components/AskForm";
import { NoteInput } from "../../components/NoteInput";
import { overridableOf } from "./acts";
import { type Act, type Change, closedOf, type Overridable, type Said, useAct } from "./changes";
import { gateNameOf } from "./words";

interface Words {
  name: string;
  submit: string;
  /** What comes of it. */
  hint: string;
  hasReason: boolean;
}

export const ACTS: Record<Act, Words> = {
  approve: {
    name: "Approve",
    submit: "Approve it",
    hint: "This very artefact may go to production until the approval expires. Another artefact voids it.",
    hasReason: false,
  },
  second: {
    name: "Agree to the override",
    submit: "Agree as the second person",
    hint: "The gates stay closed, and this change passes them all the same. It is announced, with both names.",
    hasReason: false,
  },
  override: {
    name: "Ask to override",
    submit: "Ask for it",
    hint: "To pass gates that stay closed. It holds once a second person has agreed, and is announced and audited.",
    hasReason: true,
  },
  reject: {
    name: "Reject",
    submit: "Reject it",
    hint: "It will not go to production. What is mended is planned anew.",
    hasReason: true,
  },
  "roll back": {
    name: "Roll back",
    submit: "Roll it back",
    hint: "What was before it is in production again. It counts as a failed change.",
    hasReason: true,
  },
};

interface Props {
  change: Change;
  act: Act;
  onDone: () => void;
}

/** Says what comes of a decision, and asks what it needs. */
export function ActForm({ change, act, onDone }: Props) {
  const acting = useAct(change.id, act);
  const fields = fieldsOf(acting.error);
  const { name, submit, hint, hasReason } = ACTS[act];
  return (
    <AskForm
      label={name}
      warning={hint}
      submit={submit}
      isBusy={acting.isPending}
      problem={acting.error}
      onSubmit={(form) => acting.mutate(saidIn(form), { onSuccess: onDone })}
    >
      {act === "override" && <GateChoice change={change} error={fields.gates} />}
      {hasReason && (
        <NoteInput
          name="reason"
          label="Why?"
          description="Stands in its story, beside your name."
          error={fields.reason}
          most={1000}
        />
      )}
    </AskForm>
  );
}

function saidIn(form: FormData): Said {
  return {
    reason: String(form.get("reason") ?? "").trim(),
    gates: form.getAll("gates") as Overridable[],
  };
}

/** All that keep it are ticked: one that is left closed would still keep it. */
function GateChoice({ change, error }: { change: Change; error: string | undefined }) {
  const names = overridableOf(change);
  const whys = new Map(closedOf(change).map(({ name, why }) => [name, why]));
  return (
    <Checkbox.Group label="Which gates?" error={error} defaultValue={names}>
      <Stack gap={6} mt={4}>
        {names.map((name) => (
          <Checkbox
            key={name}
            name="gates"
            value={name}
            label={gateNameOf(name)}
            description={whys.get(name)}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
