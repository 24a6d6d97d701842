import { Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { PlusIcon } from "../../components/icons";
import { PageHead } from "../../components/PageHead";
import { Panel } from "../../components/Panel";
import { inWords } from "../../components/words";
import { rolesFor, useMay } from "../sign-in/roles";
import { AskCredentialDialog } from "./AskCredential";
import { Credentials } from "./Credentials";
import { Roles } from "./Roles";

const SEE = "GET /v1/access/database-credentials";

/** Who may do what in operations, and who can reach the database at this moment. */
export default function AccessPage() {
  const [isAsking, setAsking] = useState(false);
  const maySee = useMay(SEE);
  const mayAsk = useMay("POST /v1/access/database-credentials");
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
            They are seen by {inWords(rolesFor(SEE))}. Ask one of them if you need data from the database.
          </Text>
        </Panel>
      )}
      <Roles />
      <AskCredentialDialog isOpen={isAsking} onClose={() => setAsking(false)} />
    </Stack>
  );
}
