import { Button, Group, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { ProblemAlert } from "../../components/ProblemAlert";
import { type Action, useUpdateAction } from "./reviews";

/** Ends an action. Whoever drops one says why. */
export function ActionChoice({ reviewId, action }: { reviewId: string; action: Action }) {
  const [isDropping, setDropping] = useState(false);
  const update = useUpdateAction(reviewId, action.id);
  const drop = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason")).trim();
    update.mutate({ state: "dropped", reason });
  };
  return (
    <>
      {isDropping ? (
        <form onSubmit={drop}>
          <Group gap="xs" align="end" mt="xs">
            <TextInput
              name="reason"
              size="xs"
              label="Why is it dropped?"
              required
              withAsterisk={false}
              autoComplete="off"
            />
            <Button type="submit" size="xs" variant="default" loading={update.isPending}>
              Drop it
            </Button>
            <Button size="xs" variant="subtle" color="gray" onClick={() => setDropping(false)}>
              Cancel
            </Button>
          </Group>
        </form>
      ) : (
        <Group gap="xs" mt="xs">
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Done: ${action.title}`}
            loading={update.isPending}
            onClick={() => update.mutate({ state: "done" })}
          >
            Done
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            aria-label={`Drop: ${action.title}`}
            onClick={() => setDropping(true)}
          >
            Drop
          </Button>
        </Group>
      )}
      {update.isError && <ProblemAlert error={update.error} />}
    </>
  );
}
