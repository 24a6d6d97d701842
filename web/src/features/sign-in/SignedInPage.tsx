import { Anchor, Center, Loader, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ProblemAlert } from "../../components/ProblemAlert";
import type { Redirect } from "./redirect";
import classes from "./SignInPage.module.css";
import { useSession } from "./use-session";

/** Where people come back to with a code. It is good once, and so is this page: nothing of it stays in the history. */
export function SignedInPage({ redirect }: { redirect: Redirect }) {
  const session = useSession();
  const back = useQuery({
    queryKey: ["signed-in", window.location.search],
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const { tokens, address } = await redirect.finish(new URL(window.location.href));
      window.history.replaceState(null, "", address);
      session.take(tokens);
      return true;
    },
  });
  return (
    <main className={classes.page}>
      <title>Signing in · P09</title>
      {back.isError ? (
        <Stack className={classes.card} gap="lg">
          <ProblemAlert error={back.error} />
          <Anchor href="/">Back to the sign-in page</Anchor>
        </Stack>
      ) : (
        <Center>
          <Loader aria-label="Signing in" />
        </Center>
      )}
    </main>
  );
}
