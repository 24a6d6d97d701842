import { Button, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { PlusIcon } from "../../components/icons";
import type { Live } from "../../components/LiveSwitch";
import { PageHead } from "../../components/PageHead";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { inWords } from "../../components/words";
import { rolesFor, useMay } from "../sign-in/roles";
import { AskCredentialDialog } from "./AskCredential";
import { useCredentials } from "./access";
import { Credentials } from "./Credentials";
import { Roles } from "./Roles";

const SEE = "GET /v1/access/database-credentials";

/** Who may do what in operations, and who can reach the database at this moment. */
export default function AccessPage() {
  return useMay(SEE) ? <WithLogins /> : <Page logins={<OthersLogins />} />;
}

function WithLogins() {
  const [isLive, setLive] = useState(true);
  const list = useCredentials(isLive);
  const { problem, updatedAt } = list;
  return (
    <Page
      live={{ isOn: isLive, isFailing: problem !== null, updatedAt, onChange: setLive }}
      logins={<Credentials list={list} />}
    />
  );
}

function OthersLogins() {
  return (
    <Panel title="Database logins">
      <Text size="sm" c="dimmed">
        They are seen by {inWords(rolesFor(SEE))}. Ask one of them if you need data from the database.
      </Text>
    </Panel>
  );
}

function Page({ live, logins }: { live?: Live; logins: ReactNode }) {
  const [isAsking, setAsking] = useState(false);
  const mayAsk = useMay("POST /v1/access/database-credentials");
  return (
    <Parts>
      <PageHead title="Access" hint="All times in UTC" {...(live && { live })}>
        {mayAsk && (
          <Button size="xs" leftSection={<PlusIcon />} onClick={() => setAsking(true)}>
            Ask for a database login
          </Button>
        )}
      </PageHead>
      {logins}
      <Roles />
      <AskCredentialDialog isOpen={isAsking} onClose={() => setAsking(false)} />
    </Parts>
  );
}
