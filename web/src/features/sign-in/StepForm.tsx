import { Anchor, Button, Stack, Text } from "@mantine/core";
import { type ReactNode, type SubmitEvent, useEffect, useRef } from "react";
import { fieldsOf, ProblemError } from "../../api/problem";
import { ProblemAlert } from "../../components/ProblemAlert";

/** What a form says of its fields: each field's error by its name. */
export type FieldErrors = Readonly<Record<string, string>>;

interface Props {
  hint?: ReactNode;
  submit: string;
  isBusy: boolean;
  problem: Error | null;
  onSubmit: (said: FormData) => void;
  /** Leads back to where signing in begins. */
  onBack?: () => void;
  children: (errors: FieldErrors) => ReactNode;
}

/** One question of signing in. What is wrong with a field is said at the field, which is where one is led. */
export function StepForm({ hint, submit, isBusy, problem, onSubmit, onBack, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const errors = fieldsOf(problem);
  const isAtField = problem instanceof ProblemError && problem.items.length > 0;
  useEffect(() => {
    if (problem !== null) form.current?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus();
  }, [problem]);
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  return (
    <form ref={form} onSubmit={send}>
      <Stack gap="sm">
        {problem !== null && !isAtField && <ProblemAlert error={problem} />}
        {hint && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
        {children(errors)}
        <Button type="submit" loading={isBusy} mt="xs">
          {submit}
        </Button>
        {onBack && (
          <Anchor component="button" type="button" size="sm" onClick={onBack}>
            Back to sign-in
          </Anchor>
        )}
      </Stack>
    </form>
  );
}
