import { Button, Group, Stack, Text } from "@mantine/core";
import type { ReactNode, SubmitEvent } from "react";
import { ProblemAlert } from "./ProblemAlert";

interface Props {
  /** What is asked, for those who do not see where it stands. */
  label: string;
  /** What will happen. */
  warning?: ReactNode;
  submit: string;
  cancel: string;
  isBusy: boolean;
  problem: Error | null;
  onSubmit: (form: FormData) => void;
  onCancel: () => void;
  children?: ReactNode;
}

/** A second question in place, before something is done that can't be taken back. */
export function AskForm(props: Props) {
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    props.onSubmit(new FormData(event.currentTarget));
  };
  return (
    <form onSubmit={send} aria-label={props.label}>
      <Stack gap="xs" py={6} maw="34rem">
        {props.warning && <Text size="sm">{props.warning}</Text>}
        {props.children}
        {props.problem && <ProblemAlert error={props.problem} />}
        <Group gap="xs">
          <Button type="submit" size="xs" loading={props.isBusy}>
            {props.submit}
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={props.onCancel}>
            {props.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
