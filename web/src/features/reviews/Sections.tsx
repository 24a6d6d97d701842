import { Button, Group, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { ProblemAlert } from "../../components/ProblemAlert";
import classes from "./Reviews.module.css";
import { type ReviewDetail, useUpdateReview } from "./reviews";

const SECTIONS = [
  { name: "summary", label: "Summary" },
  { name: "impact", label: "Impact" },
  { name: "contributing_factors", label: "Contributing factors" },
  { name: "went_well", label: "What went well" },
] as const;

export function Sections({ review, isEditable }: { review: ReviewDetail; isEditable: boolean }) {
  const [isEditing, setEditing] = useState(false);
  if (isEditing && isEditable) return <SectionForm review={review} onDone={() => setEditing(false)} />;
  return (
    <Stack gap="sm">
      {SECTIONS.map(({ name, label }) => (
        <div key={name}>
          <Title order={3} size="h6">
            {label}
          </Title>
          <Text size="sm" className={classes.section} {...(review[name] === "" && { c: "dimmed" })}>
            {review[name] || "Not written yet."}
          </Text>
        </div>
      ))}
      {isEditable && (
        <Button size="xs" variant="default" w="fit-content" onClick={() => setEditing(true)}>
          Write
        </Button>
      )}
    </Stack>
  );
}

function SectionForm({ review, onDone }: { review: ReviewDetail; onDone: () => void }) {
  const update = useUpdateReview(review.id);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const names = ["owner", ...SECTIONS.map(({ name }) => name)];
    const change = Object.fromEntries(names.map((name) => [name, String(form.get(name)).trim()]));
    update.mutate(change, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          name="owner"
          label="Owner"
          defaultValue={review.owner}
          maxLength={100}
          autoComplete="off"
        />
        {SECTIONS.map(({ name, label }) => (
          <Textarea
            key={name}
            name={name}
            label={label}
            defaultValue={review[name]}
            maxLength={10_000}
            autosize
            minRows={3}
          />
        ))}
        {update.isError && <ProblemAlert error={update.error} />}
        <Group gap="xs">
          <Button type="submit" size="xs" loading={update.isPending}>
            Save
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={onDone}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
