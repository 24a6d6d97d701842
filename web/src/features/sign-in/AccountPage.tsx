import { Button, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import classes from "../../components/card.module.css";
import { PageSkeleton } from "../../components/PageSkeleton";
import { ProblemAlert } from "../../components/ProblemAlert";
import { EnrolForm } from "./EnrolForm";
import { usePerson, useRedirect, useSession } from "./use-session";

/** One's own account: the second factor. */
export default function AccountPage() {
  const person = usePerson();
  const isByRedirect = useRedirect()?.isOf(person) ?? false;
  return (
    <section className={classes.card}>
      <title>Account · P09</title>
      <Title order={1} size="h3">
        Account
      </Title>
      <Text size="sm" mt={4} mb="md" style={{ overflowWrap: "anywhere" }}>
        {person?.username}
      </Text>
      <Title order={2} size="h5" mb="xs">
        One-time codes
      </Title>
      {isByRedirect ? (
        <Text size="sm">
          You signed in by SSO: password and second factor are set up where your company manages accounts.
        </Text>
      ) : (
        <OneTimeCodes username={person?.username ?? ""} />
      )}
    </section>
  );
}

function OneTimeCodes({ username }: { username: string }) {
  const session = useSession();
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const key = ["account", "app"];
  const app = useQuery({
    queryKey: key,
    queryFn: () => session.ask((token) => session.cognito.hasApp(token)),
  });
  const forget = useMutation({
    mutationFn: () => session.ask((token) => session.cognito.forgetApp(token)),
    onSuccess: () => queries.setQueryData(key, false),
  });
  if (app.isError) return <ProblemAlert error={app.error} onRetry={app.refetch} />;
  if (app.isPending) return <PageSkeleton heights={[80]} />;
  if (isAdding) {
    return (
      <EnrolForm
        username={username}
        begin={() => session.ask((token) => session.cognito.enrol(token))}
        verify={(_enrolment, code) => session.ask((token) => session.cognito.verify(token, code))}
        submit="Check the code and turn on"
        onDone={() => {
          queries.setQueryData(key, true);
          setAdding(false);
        }}
      />
    );
  }
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm" role="status">
        {app.data
          ? "On. Each time that you sign in, you are asked for a code of your authenticator app."
          : "Off. With a code of an authenticator app, a stolen password is not enough to sign in as you."}
      </Text>
      {forget.isError && <ProblemAlert error={forget.error} />}
      {app.data ? (
        <Button variant="default" loading={forget.isPending} onClick={() => forget.mutate()}>
          Turn off one-time codes
        </Button>
      ) : (
        <Button onClick={() => setAdding(true)}>Set up one-time codes</Button>
      )}
    </Stack>
  );
}
