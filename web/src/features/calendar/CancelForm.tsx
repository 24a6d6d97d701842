import { Button, Group, Stack, TextInput } from "@mantine/core";
import type { SubmitEvent } from "react";
import { ProblemAlert } from "../../components/ProblemAlert";
import { type Entry, useCancel } from "./calendar";

/** Cancels what is planned; what has begun ends now. */
export function CancelForm({ entry, onDone }: { entry: Entry; onDone: () => void }) {
  const cancel = useCancel(entry.id);
  const word = entry.state === "active" ? "End it now" : "Cancel it";
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason")).trim();
    cancel.mutate(reason, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" mt={4}>
        <TextInput
          name="reason"
          size="xs"
          label="Why?"
          maxLength={1000}
          required
          withAsterisk={false}
          autoComplete="off"
        />
        {cancel.isError && <ProblemAlert error={cancel.error} />}
        <Group gap="xs">
          <Button type="submit" size="xs" loading={cancel.isPending}>
            {word}
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={onDone}>
            Keep it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
