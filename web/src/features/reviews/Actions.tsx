import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { type SubmitEvent, useState } from "react";
import { CircleCheckIcon, CircleDotsIcon, CircleOffIcon, ClockIcon } from "../../components/icons";
import { ProblemAlert } from "../../components/ProblemAlert";
import { type Look, StateMark } from "../../components/StateMark";
import { capital, formatDay } from "../../components/words";
import { ActionChoice } from "./ActionChoice";
import classes from "./Reviews.module.css";
import { type Action, type ReviewDetail, useAddAction } from "./reviews";

const LOOKS: Record<Action["state"], Look> = {
  open: { tone: "active", icon: CircleDotsIcon },
  done: { tone: "good", icon: CircleCheckIcon },
  dropped: { tone: "quiet", icon: CircleOffIcon },
};

export function Actions({ review, isEditable }: { review: ReviewDetail; isEditable: boolean }) {
  return (
    <Stack gap="md">
      {review.actions.length === 0 && (
        <Text size="sm" c="dimmed">
          None yet. Add what would have prevented it, or have found it sooner.
        </Text>
      )}
      {review.actions.length > 0 && (
        <ul className={classes.actions}>
          {review.actions.map((action) => (
            <li key={action.id}>
              <div className={classes.action}>
                <ActionMark action={action} />
                <span className={classes.title}>{action.title}</span>
                <Text size="xs" c="dimmed">
                  {action.owner} · due {formatDay(action.due)}
                  {action.reason && ` · ${action.reason}`}
                </Text>
              </div>
              {isEditable && action.state === "open" && <ActionChoice reviewId={review.id} action={action} />}
            </li>
          ))}
        </ul>
      )}
      {isEditable && <AddAction reviewId={review.id} />}
    </Stack>
  );
}

function ActionMark({ action }: { action: Action }) {
  if (action.overdue) return <StateMark look={{ tone: "bad", icon: ClockIcon }}>Overdue</StateMark>;
  return <StateMark look={LOOKS[action.state]}>{capital(action.state)}</StateMark>;
}

function AddAction({ reviewId }: { reviewId: string }) {
  const adding = useAddAction(reviewId);
  const [due, setDue] = useState<string | null>(null);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const target = event.currentTarget;
    const form = new FormData(target);
    const said = (name: string) => String(form.get(name)).trim();
    adding.mutate(
      { title: said("title"), owner: said("owner"), due: due ?? "" },
      {
        onSuccess: () => {
          target.reset();
          setDue(null);
        },
      },
    );
  };
  return (
    <form onSubmit={submit} aria-label="Add an action">
      <Group gap="sm" align="end">
        <TextInput
          className={classes.what ?? ""}
          name="title"
          label="Action"
          maxLength={200}
          required
          withAsterisk={false}
          autoComplete="off"
        />
        <TextInput
          name="owner"
          label="Owner"
          maxLength={100}
          required
          withAsterisk={false}
          autoComplete="off"
        />
        <DateInput
          label="Due"
          placeholder="YYYY-MM-DD"
          valueFormat="YYYY-MM-DD"
          value={due}
          onChange={setDue}
          required
          withAsterisk={false}
          firstDayOfWeek={1}
        />
        <Button type="submit" variant="default" loading={adding.isPending}>
          Add
        </Button>
      </Group>
      {adding.isError && <ProblemAlert error={adding.error} />}
    </form>
  );
}
