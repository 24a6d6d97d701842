import { Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { PlusIcon } from "../../components/icons";
import { PageHead } from "../../components/PageHead";
import { Panel } from "../../components/Panel";
import { useHasRole } from "../sign-in/roles";
import { AskCredentialDialog } from "./AskCredential";
import { MAY_ASK, MAY_SEE } from "./access";
import { Credentials } from "./Credentials";
import { Roles } from "./Roles";

/** Who may do what in operations, and who can reach the database at this moment. */
export default function AccessPage() {
  const [isAsking, setAsking] = useState(false);
  const maySee = useHasRole(MAY_SEE);
  const mayAsk = useHasRole(MAY_ASK);
  return (
    <Stack gap="md">
      <PageHead title="Access" hint="All times in UTC">
        {mayAsk && (
          <Button size="xs" leftSection={<PlusIcon />} onClick={() => setAsking(true)}>
            Ask for a database login
          </Button>
        )}
      </PageHead>
      {maySee ? (
        <Credentials />
      ) : (
        <Panel title="Database logins">
          <Text size="sm" c="dimmed">
            They are seen by P09-DBA, P09-SRE, P09-Lead and P09-Auditor. Ask one of them if you need data from
            the database.
          </Text>
        </Panel>
      )}
      <Roles />
      <AskCredentialDialog isOpen={isAsking} onClose={() => setAsking(false)} />
    </Stack>
  );
}
