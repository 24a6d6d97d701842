import { Checkbox, Skeleton, Stack } from "@mantine/core";
import { useComponents } from "../api/runbook";
import { ProblemAlert } from "./ProblemAlert";

interface Props {
  /** In whose form data they stand under `components`. */
  label: string;
  description: string;
  chosen?: readonly string[];
  /** What the API said of the choice. */
  error?: string | undefined;
}

const NAME = "components";

/** The parts of the service that something concerns, chosen from those that the runbook has. */
export function ComponentChoice({ label, description, chosen = [], error }: Props) {
  const { data, problem, retry } = useComponents();
  if (problem) return <ProblemAlert error={problem} onRetry={retry} />;
  if (!data) return <Skeleton height={96} role="status" aria-label="Loading" aria-busy="true" />;
  // What is chosen although the runbook has it no longer can be seen and taken back.
  const gone = chosen.filter((id) => !data.some((component) => component.id === id));
  const all = [...data, ...gone.map((id) => ({ id, title: id, description: "No longer in the runbook" }))];
  return (
    <Checkbox.Group label={label} description={description} error={error} defaultValue={[...chosen]}>
      <Stack gap={6} mt={6} mb={error ? 6 : 0}>
        {all.map(({ id, title, description: what }) => (
          <Checkbox key={id} name={NAME} value={id} label={title} description={what} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

/** Those that a form names; null while they can't be chosen, so that they stay as they are. */
export function componentsIn(form: HTMLFormElement): string[] | null {
  const isOffered = form.querySelector(`input[name="${NAME}"]`) !== null;
  return isOffered ? new FormData(form).getAll(NAME).map(String) : null;
}

/** Whether the same are chosen, in whatever order. */
export function isSameChoice(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
