import { Button, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import type { SubmitEvent } from "react";
import { fieldsOf } from "../../api/problem";
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
  const errors = fieldsOf(invite.error);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email")).trim();
    const label = String(form.get("label")).trim();
    invite.mutate({ label, role: roleIn(form), ...(email && { email }) }, { onSuccess: onMade });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          name="label"
          label="Who is it?"
          description="Their name, so that you and the others know them again."
          error={errors.label}
          maxLength={200}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          name="email"
          type="email"
          label="Email"
          description="P09 mails them the invitation and, if they have no account, a temporary password. Leave it empty to pass the link on yourself."
          error={errors.email}
          maxLength={200}
          autoComplete="off"
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
        If you gave an email address, a mail is on its way. You can also send them this link. It is shown{" "}
        <strong>only now</strong>, and works for one person until {formatMoment(made.expires_at)} UTC.
      </Text>
      <CopyBlock label="link" code={invitationLink(made.token, window.location.origin)} />
      <Button size="xs" w="fit-content" onClick={onClose}>
        I have copied the link
      </Button>
    </Stack>
  );
}
