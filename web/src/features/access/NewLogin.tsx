import { Button, Group, Stack, Text } from "@mantine/core";
import { CopyBlock } from "../../components/CopyBlock";
import { ProblemAlert } from "../../components/ProblemAlert";
import { TimeLeft } from "../../components/TimeLeft";
import { useNow } from "../../components/use-now";
import { type MadeCredential, useEndCredential } from "./access";

const SECOND_MS = 1_000;

/** The only time that the password is shown. */
export function NewLogin({ made, onClose }: { made: MadeCredential; onClose: () => void }) {
  const now = useNow(SECOND_MS);
  const end = useEndCredential(made.id);
  return (
    <Stack gap="sm">
      <Text size="sm">
        The password is shown <strong>only now</strong>: copy it before you close this.
      </Text>
      <CopyBlock label="psql command" code={commandOf(made)} />
      <CopyBlock label="password" code={made.password} />
      <TimeLeft label="Time left" from={made.issued_at} until={made.expires_at} now={now}>
        left, {made.access === "write" ? "to read and write" : "to read"}. Then its sessions are terminated
        and the role is dropped.
      </TimeLeft>
      {end.isError && <ProblemAlert error={end.error} />}
      <Group gap="xs">
        <Button size="xs" onClick={onClose}>
          I have copied the password
        </Button>
        <Button
          size="xs"
          variant="default"
          loading={end.isPending}
          onClick={() => end.mutate(undefined, { onSuccess: onClose })}
        >
          End it now
        </Button>
      </Group>
    </Stack>
  );
}

/** psql asks for the password, so that it gets into no history. */
function commandOf({ host, port, database, role }: MadeCredential): string {
  return `psql -h ${host} -p ${port} -U ${role} ${database}`;
}
