import { Button, Checkbox, Modal, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { ProblemAlert } from "../../components/ProblemAlert";
import { type Channel, type NewAnnouncement, useAnnounce } from "./announcements";

interface Props {
  isOpen: boolean;
  channels: readonly Channel[];
  onClose: () => void;
}

type Kind = NewAnnouncement["kind"];

const KINDS: { value: Kind; label: string }[] = [
  { value: "planned_deployment", label: "Planned deployment" },
  { value: "notice", label: "Notice" },
];

export function AnnounceDialog({ isOpen, channels, onClose }: Props) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Announce" centered>
      <AnnounceForm channels={channels} onClose={onClose} />
    </Modal>
  );
}

function AnnounceForm({ channels, onClose }: Omit<Props, "isOpen">) {
  const announce = useAnnounce();
  const [kind, setKind] = useState<Kind>("planned_deployment");
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name)).trim();
    announce.mutate(
      {
        kind,
        title: field("title"),
        summary: field("summary"),
        impact: field("impact"),
        channels: form.getAll("channels").map(String),
      },
      { onSuccess: onClose },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <NativeSelect
          label="Kind"
          data={KINDS}
          value={kind}
          onChange={({ currentTarget: { value } }) =>
            setKind(value === "notice" ? "notice" : "planned_deployment")
          }
        />
        <TextInput
          name="title"
          label="Title"
          maxLength={150}
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
        />
        <Textarea
          name="summary"
          label="What happens"
          maxLength={2000}
          required
          withAsterisk={false}
          autosize
          minRows={3}
        />
        <Textarea name="impact" label="Impact" description="Optional" maxLength={2000} autosize minRows={2} />
        {/* Chosen anew with each kind: those of the kind are ticked, and can be unticked. */}
        <Checkbox.Group key={kind} label="Where to" defaultValue={wanting(channels, kind)}>
          <Stack gap={6} mt={4}>
            {channels.map(({ id, name }) => (
              <Checkbox key={id} name="channels" value={id} label={name} />
            ))}
          </Stack>
        </Checkbox.Group>
        {announce.isError && <ProblemAlert error={announce.error} />}
        <Button type="submit" loading={announce.isPending}>
          Announce it
        </Button>
      </Stack>
    </form>
  );
}

function wanting(channels: readonly Channel[], kind: Kind): string[] {
  return channels.filter(({ kinds }) => kinds.includes(kind)).map(({ id }) => id);
}
