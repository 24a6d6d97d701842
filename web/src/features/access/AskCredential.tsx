import { Button, NativeSelect, NumberInput, Stack, Text, Textarea } from "@mantine/core";
import type { SubmitEvent } from "react";
import { OnceModal } from "../../components/OnceModal";
import { ProblemAlert } from "../../components/ProblemAlert";
import { useHasRole } from "../sign-in/roles";
import {
  DBA,
  LONGEST_BREAK_GLASS_MINUTES,
  LONGEST_MINUTES,
  type MadeCredential,
  type NewCredential,
  useAskCredential,
} from "./access";
import { NewLogin } from "./NewLogin";

const MODES = [
  { value: "read", label: "Read only" },
  { value: "write", label: "Read and write" },
];

interface Props {
  isOpen: boolean;
  onClose: () => void;
}

export function AskCredentialDialog({ isOpen, onClose }: Props) {
  return (
    <OnceModal<MadeCredential>
      isOpen={isOpen}
      onClose={onClose}
      size="lg"
      titleOf={(made) => (made ? "Your database login" : "Ask for a database login")}
      form={(onMade) => <AskForm onMade={onMade} />}
      shown={(made, close) => <NewLogin made={made} onClose={close} />}
    />
  );
}

function AskForm({ onMade }: { onMade: (made: MadeCredential) => void }) {
  const ask = useAskCredential();
  const isBreakingGlass = !useHasRole(DBA);
  const longest = isBreakingGlass ? LONGEST_BREAK_GLASS_MINUTES : LONGEST_MINUTES;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    ask.mutate(wantedOf(new FormData(event.currentTarget), isBreakingGlass), { onSuccess: onMade });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {isBreakingGlass && (
          <Text size="sm">
            Without the role P09-DBA this <strong>breaks the glass</strong>: for who is on call, an hour at
            most. It is announced at once, and a second person has to approve it within a day.
          </Text>
        )}
        <Textarea
          name="reason"
          label="What do you need it for?"
          description="Ten letters at least; it is announced and stays in the audit trail, beside your name."
          minLength={10}
          maxLength={500}
          required
          withAsterisk={false}
          autosize
          minRows={2}
          data-autofocus
        />
        <NumberInput
          name="minutes"
          label="Minutes"
          description={`At most ${longest}. You can end it earlier.`}
          defaultValue={Math.min(60, longest)}
          min={1}
          max={longest}
          clampBehavior="strict"
          allowDecimal={false}
          required
          withAsterisk={false}
        />
        <NativeSelect name="access" label="Access" data={MODES} defaultValue="read" />
        {ask.isError && <ProblemAlert error={ask.error} />}
        <Button type="submit" loading={ask.isPending}>
          {isBreakingGlass ? "Break the glass" : "Make the login"}
        </Button>
      </Stack>
    </form>
  );
}

function wantedOf(form: FormData, isBreakingGlass: boolean): NewCredential {
  return {
    reason: String(form.get("reason")).trim(),
    duration_seconds: Number(form.get("minutes")) * 60,
    access: form.get("access") === "write" ? "write" : "read",
    break_glass: isBreakingGlass,
  };
}
