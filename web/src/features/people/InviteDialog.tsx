import { Button, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import type { SubmitEvent } from "react";
import { CopyBlock } from "../../components/CopyBlock";
import { OnceModal } from "../../components/OnceModal";
import { ProblemAlert } from "../../components/ProblemAlert";
import { formatMoment } from "../../components/words";
import { type MadeInvitation, useInvite } from "./people";
import { invitationLink, ROLES, roleIn } from "./words";

interface Props {
  organisationId: string;
  isOpen: boolean;
  onClose: () => void;
}

export function InviteDialog({ organisationId, isOpen, onClose }: Props) {
  return (
    <OnceModal<MadeInvitation>
      isOpen={isOpen}
      onClose={onClose}
      titleOf={(made) => (made ? `The invitation of ${made.label}` : "Invite somebody")}
      form={(onMade) => <InviteForm organisationId={organisationId} onMade={onMade} />}
      shown={(made, close) => <NewInvitation made={made} onClose={close} />}
    />
  );
}

function InviteForm({
  organisationId,
  onMade,
}: Pick<Props, "organisationId"> & { onMade: (made: MadeInvitation) => void }) {
  const invite = useInvite(organisationId);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    invite.mutate({ label: String(form.get("label")).trim(), role: roleIn(form) }, { onSuccess: onMade });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          name="label"
          label="Who is it?"
          description="A name or a mail address, so that you know it again. P09 sends nothing."
          maxLength={200}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
        />
        <NativeSelect name="role" label="Role" data={ROLES} defaultValue="viewer" />
        {invite.isError && <ProblemAlert error={invite.error} />}
        <Button type="submit" loading={invite.isPending}>
          Make the invitation
        </Button>
      </Stack>
    </form>
  );
}

function NewInvitation({ made, onClose }: { made: MadeInvitation; onClose: () => void }) {
  return (
    <Stack gap="sm">
      <Text size="sm">
        Send them this link. It is shown <strong>only now</strong>, and works for one person until{" "}
        {formatMoment(made.expires_at)} UTC.
      </Text>
      <CopyBlock label="link" code={invitationLink(made.token, window.location.origin)} />
      <Button size="xs" w="fit-content" onClick={onClose}>
        I have copied the link
      </Button>
    </Stack>
  );
}
