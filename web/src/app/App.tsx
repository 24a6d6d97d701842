import { Center, Loader } from "@mantine/core";
import { useState } from "react";
import type { FallbackProps } from "react-error-boundary";
import { Boundary } from "../components/Boundary";
import { PageFailure } from "../components/Failure";
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
  return (
    <Boundary fallback={ConsoleFailure}>
      <WithSession config={config.data} />
    </Boundary>
  );
}

/** The last resort: what failed is what stands around the pages. */
function ConsoleFailure(props: FallbackProps) {
  return (
    <main>
      <PageFailure {...props} />
    </main>
  );
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
