import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useRunNow } from "../api/runbook";
import { PlayIcon } from "./icons";
import { ProblemAlert } from "./ProblemAlert";

/** Runs a task now. The reason stays in the record, with the name of who gave it. */
export function RunNow({ taskId, onRequested }: { taskId: string; onRequested: (run: string) => void }) {
  const [isAsking, setAsking] = useState(false);
  const request = useRunNow(taskId);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason")).trim();
    request.mutate(reason, {
      onSuccess: (run) => {
        setAsking(false);
        onRequested(run.id);
      },
    });
  };
  if (!isAsking) {
    return (
      <Button
        variant="default"
        size="xs"
        w="fit-content"
        leftSection={<PlayIcon />}
        onClick={() => setAsking(true)}
      >
        Run now
      </Button>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <TextInput
          name="reason"
          label="Why is it run by hand?"
          description="Stays in the record, beside your name."
          maxLength={500}
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
        />
        {request.isError && <ProblemAlert error={request.error} />}
        <Group gap="xs">
          <Button type="submit" size="xs" loading={request.isPending}>
            Run now
          </Button>
          <Button variant="subtle" color="gray" size="xs" onClick={() => setAsking(false)}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
