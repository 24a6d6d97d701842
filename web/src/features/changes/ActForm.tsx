import { Button, Checkbox, Stack, Text, Textarea } from "@mantine/core";
import type { SubmitEvent } from "react";
import { fieldsOf } from "../../api/problem";
import { ProblemAlert } from "../../components/ProblemAlert";
import { overridableOf } from "./acts";
import { type Act, type Change, closedOf, type GateName, useAct } from "./changes";
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
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const reason = String(form.get("reason") ?? "").trim();
    const gates = form.getAll("gates") as GateName[];
    acting.mutate({ reason, gates }, { onSuccess: onDone });
  };
  const { name, submit: word, hint, hasReason } = ACTS[act];
  return (
    <form onSubmit={submit} aria-label={name}>
      <Stack gap="sm" mt="md">
        <Text size="sm">{hint}</Text>
        {act === "override" && <GateChoice change={change} error={fields.gates} />}
        {hasReason && (
          <Textarea
            name="reason"
            label="Why?"
            description="Stands in its story, beside your name."
            error={fields.reason}
            required
            withAsterisk={false}
            autosize
            minRows={2}
            maxLength={1000}
          />
        )}
        {acting.isError && <ProblemAlert error={acting.error} />}
        <Button type="submit" size="xs" w="fit-content" loading={acting.isPending}>
          {word}
        </Button>
      </Stack>
    </form>
  );
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
