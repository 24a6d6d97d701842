import { Button, Divider, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { SubmitEvent } from "react";
import { BrandMark } from "../../components/BrandMark";
import { ColorSchemeMenu } from "../../components/ColorSchemeMenu";
import { ProblemAlert } from "../../components/ProblemAlert";
import { DemoPeople } from "./DemoPeople";
import classes from "./SignInPage.module.css";
import { SsoButton } from "./SsoButton";
import { useRedirect, useSession } from "./use-session";

interface Credentials {
  username: string;
  password: string;
}

export function SignInPage({ hasDemoPeople }: { hasDemoPeople: boolean }) {
  const session = useSession();
  const redirect = useRedirect();
  const signIn = useMutation({
    mutationFn: ({ username, password }: Credentials) => session.signIn(username, password),
  });
  return (
    <main className={classes.page}>
      <title>Sign in · P09</title>
      <div className={classes.scheme}>
        <ColorSchemeMenu />
      </div>
      <Stack className={classes.card} gap="lg">
        <BrandMark />
        <Title order={1} size="h3">
          Sign in
        </Title>
        {signIn.isError && <ProblemAlert error={signIn.error} />}
        {hasDemoPeople && (
          <>
            <Text size="sm" c="dimmed" mt={-8}>
              This system runs on your machine. Go on as one of these people:
            </Text>
            <DemoPeople isBusy={signIn.isPending} onChoose={signIn.mutate} />
          </>
        )}
        {redirect && (
          // Where a company's directory signs people in, that comes first; on a developer's machine one click does.
          <SsoButton redirect={redirect} variant={hasDemoPeople ? "default" : "filled"} />
        )}
        {(hasDemoPeople || redirect) && <Divider label="or with a password" />}
        <PasswordForm isBusy={signIn.isPending} isSecond={redirect !== null} onSubmit={signIn.mutate} />
      </Stack>
    </main>
  );
}

function PasswordForm(props: {
  isBusy: boolean;
  isSecond: boolean;
  onSubmit: (credentials: Credentials) => void;
}) {
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    props.onSubmit({ username: String(form.get("username")), password: String(form.get("password")) });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Email or username"
          name="username"
          autoComplete="username"
          required
          withAsterisk={false}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
        />
        <Button type="submit" variant={props.isSecond ? "default" : "filled"} loading={props.isBusy} mt="xs">
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
