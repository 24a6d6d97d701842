import { Button, Checkbox, Modal, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import type { SubmitEvent } from "react";
import { ComponentChoice, componentsIn } from "../../components/ComponentChoice";
import { ProblemAlert } from "../../components/ProblemAlert";
import { type IncidentDetail, type NewIncident, useOpenIncident } from "./incidents";
import { SEVERITIES } from "./words";

interface Props {
  isOpen: boolean;
  onClose: () => void;
  onOpened: (incident: IncidentDetail) => void;
}

export function OpenIncidentDialog({ isOpen, onClose, onOpened }: Props) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Open an incident" centered>
      <OpenIncidentForm onOpened={onOpened} />
    </Modal>
  );
}

function OpenIncidentForm({ onOpened }: Pick<Props, "onOpened">) {
  const opening = useOpenIncident();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    opening.mutate(incidentOf(event.currentTarget), { onSuccess: onOpened });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          name="title"
          label="What is wrong?"
          placeholder="Sign-in is slow"
          maxLength={200}
          required
          withAsterisk={false}
          data-autofocus
        />
        <NativeSelect name="severity" label="Severity" data={SEVERITIES} defaultValue="ticket" />
        <Checkbox
          name="impacting"
          label="Customers are affected"
          description="The status page then shows it."
        />
        <ComponentChoice
          label="What it concerns"
          description="Optional; the status page shows it at these."
        />
        <Textarea
          name="note"
          label="What is known"
          description="Optional"
          autosize
          minRows={2}
          maxLength={4000}
        />
        <Checkbox name="public" label="Customers may read this note" />
        {opening.isError && <ProblemAlert error={opening.error} />}
        <Button type="submit" loading={opening.isPending}>
          Open the incident
        </Button>
      </Stack>
    </form>
  );
}

function incidentOf(element: HTMLFormElement): NewIncident {
  const form = new FormData(element);
  return {
    title: String(form.get("title")).trim(),
    severity: form.get("severity") === "page" ? "page" : "ticket",
    customer_impacting: form.has("impacting"),
    components: componentsIn(element) ?? [],
    note: String(form.get("note")).trim(),
    public: form.has("public"),
  };
}
