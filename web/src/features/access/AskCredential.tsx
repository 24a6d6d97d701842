import { Button, Modal, NativeSelect, NumberInput, Stack, Text, Textarea } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
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

/** Closes by its button alone while it shows a password. */
export function AskCredentialDialog({ isOpen, onClose }: Props) {
  const [made, setMade] = useState<MadeCredential | null>(null);
  const close = () => {
    setMade(null);
    onClose();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={made ? "Your database login" : "Ask for a database login"}
      centered
      size="lg"
      closeOnClickOutside={made === null}
      closeOnEscape={made === null}
      withCloseButton={made === null}
    >
      {made ? <NewLogin made={made} onClose={close} /> : <AskForm onMade={setMade} />}
    </Modal>
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
