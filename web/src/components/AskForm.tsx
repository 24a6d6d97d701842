import { Button, Group, Stack, Text } from "@mantine/core";
import type { ReactNode, SubmitEvent } from "react";
import { ProblemAlert } from "./ProblemAlert";

interface Props {
  /** What is asked, for those who do not see where it stands. */
  label: string;
  /** What will happen. */
  warning?: ReactNode;
  submit: string;
  /** What takes the question back, unless something else does. */
  cancel?: string;
  onCancel?: () => void;
  isBusy: boolean;
  problem: Error | null;
  onSubmit: (said: FormData, form: HTMLFormElement) => void;
  children?: ReactNode;
}

/** A second question in place, before something is done that can't be taken back. */
export function AskForm({ label, warning, submit, isBusy, problem, onSubmit, children, ...more }: Props) {
  const { cancel, onCancel } = more;
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget), event.currentTarget);
  };
  return (
    <form onSubmit={send} aria-label={label}>
      <Stack gap="sm" py={6} maw="34rem">
        {warning && <Text size="sm">{warning}</Text>}
        {children}
        {problem && <ProblemAlert error={problem} />}
        <Group gap="xs">
          <Button type="submit" size="xs" loading={isBusy}>
            {submit}
          </Button>
          {cancel && (
            <Button size="xs" variant="subtle" color="gray" onClick={onCancel}>
              {cancel}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
