import { Center, Loader } from "@mantine/core";
import { useState } from "react";
import { ProblemAlert } from "../components/ProblemAlert";
import { Cognito } from "../features/sign-in/cognito";
import { CALLBACK_PATH, Redirect } from "../features/sign-in/redirect";
import { SignedInPage } from "../features/sign-in/SignedInPage";
import { SignInPage } from "../features/sign-in/SignInPage";
import { Session } from "../features/sign-in/session";
import { RedirectContext, SessionContext, usePerson, useRedirect } from "../features/sign-in/use-session";
import { Console } from "./Console";
import { type Config, useConfig } from "./config";

export function App() {
  const config = useConfig();
  if (config.isError) {
    return (
      <Center component="main" mih="100dvh" p="md">
        <ProblemAlert error={config.error} onRetry={config.refetch} />
      </Center>
    );
  }
  if (config.isPending) {
    return (
      <Center component="main" mih="100dvh">
        <Loader aria-label="Loading" />
      </Center>
    );
  }
  return <WithSession config={config.data} />;
}

function WithSession({ config }: { config: Config }) {
  const [session] = useState(
    () => new Session(new Cognito({ endpoint: config.cognito_endpoint, clientId: config.client_id })),
  );
  const [redirect] = useState(() => (config.redirect === null ? null : new Redirect(config.redirect)));
  return (
    <SessionContext value={session}>
      <RedirectContext value={redirect}>
        <SignInGate hasDemoPeople={config.demo_people} />
      </RedirectContext>
    </SessionContext>
  );
}

/** Stands in place of the page that was asked for, whose address stays: after signing in, one is where one wanted. */
function SignInGate({ hasDemoPeople }: { hasDemoPeople: boolean }) {
  const redirect = useRedirect();
  const person = usePerson();
  if (person !== null) return <Console />;
  const isBack = redirect !== null && window.location.pathname === CALLBACK_PATH;
  return isBack ? <SignedInPage redirect={redirect} /> : <SignInPage hasDemoPeople={hasDemoPeople} />;
}
