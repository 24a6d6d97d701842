import { Button, Text, Title } from "@mantine/core";
import { Link, useLocation } from "react-router";
import classes from "../../components/card.module.css";
import { ProblemAlert } from "../../components/ProblemAlert";
import { usePerson } from "../sign-in/use-session";
import { useAccept } from "./people";

const TOKEN = /^#(p09i_[A-Za-z0-9_-]{43})$/;

/** Where the link of an invitation leads. Nobody joins by only opening it. */
export default function InvitationPage() {
  const { hash } = useLocation();
  const person = usePerson();
  const accept = useAccept();
  const token = TOKEN.exec(hash)?.[1];
  return (
    <section className={classes.card} aria-live="polite">
      <title>Invitation · P09</title>
      {accept.isSuccess ? (
        <Joined role={accept.data.role} />
      ) : (
        <>
          <Title order={1} size="h3">
            You are invited
          </Title>
          {token === undefined ? (
            <Text size="sm" mt="xs">
              The link is not whole: copy all of it, to the last letter, or ask for a new one.
            </Text>
          ) : (
            <>
              <Text size="sm" mt="xs" mb="md">
                You join the organisation as {person?.username}. Sign out first if that is not who was meant.
              </Text>
              {accept.isError && <ProblemAlert error={accept.error} />}
              <Button mt="md" loading={accept.isPending} onClick={() => accept.mutate(token)}>
                Accept the invitation
              </Button>
            </>
          )}
        </>
      )}
    </section>
  );
}

function Joined({ role }: { role: string }) {
  return (
    <>
      <Title order={1} size="h3">
        You are a member now
      </Title>
      <Text size="sm" mt="xs" mb="md">
        Your role is {role}.
      </Text>
      <Button component={Link} to="/" replace>
        Go to the sites
      </Button>
    </>
  );
}
