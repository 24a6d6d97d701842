import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { Cognito } from "../../../src/features/sign-in/cognito";
import { SignInPage } from "../../../src/features/sign-in/SignInPage";
import { Session } from "../../../src/features/sign-in/session";
import { SessionContext } from "../../../src/features/sign-in/use-session";
import { FakeServer, json } from "../../support/fake-server";
import { expectNoAxeFindings } from "../../support/render";

const TOKENS = { AccessToken: "token", RefreshToken: "refresh", ExpiresIn: 3600 };
const OWN = "Own-password-1!";

let server: FakeServer;
let session: Session;
/** What Cognito answers to each operation. */
let answers: Record<string, object>;

beforeEach(() => {
  answers = { RespondToAuthChallenge: { AuthenticationResult: TOKENS } };
  server = new FakeServer().on("POST /", ({ headers }) => {
    const operation = headers.get("X-Amz-Target")?.split(".").at(-1) ?? "";
    const answer = answers[operation] ?? {};
    return json(answer, "__type" in answer ? 400 : 200);
  });
  session = new Session(
    new Cognito({ endpoint: "http://identity.test/", clientId: "app", send: server.fetch }),
  );
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <MantineProvider env="test">
      <SessionContext value={session}>
        <QueryClientProvider client={queries}>
          <SignInPage hasDemoPeople={false} />
        </QueryClientProvider>
      </SessionContext>
    </MantineProvider>,
  );
});

async function signInTo(challenge: string) {
  answers.InitiateAuth = { ChallengeName: challenge, Session: "s" };
  await userEvent.type(screen.getByLabelText("Email or username"), "ada@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "first{Enter}");
}

test("after a temporary password one of one’s own is chosen, typed twice alike", async () => {
  await signInTo("NEW_PASSWORD_REQUIRED");
  expect(await screen.findByRole("heading", { name: "Choose a password" })).toHaveFocus();
  await expectNoAxeFindings();
  await userEvent.type(screen.getByLabelText("New password"), OWN);
  await userEvent.type(screen.getByLabelText("The same again"), "other{Enter}");
  expect(screen.getByLabelText("The same again")).toHaveAccessibleDescription(/differ/);
  expect(screen.getByLabelText("The same again")).toHaveFocus();
  await userEvent.clear(screen.getByLabelText("The same again"));
  await userEvent.type(screen.getByLabelText("The same again"), `${OWN}{Enter}`);
  await expect.poll(() => session.person()?.accessToken).toBe("token");
});

test("a password that the pool refuses is refused at its field", async () => {
  answers.RespondToAuthChallenge = {
    __type: "InvalidPasswordException",
    message: "Password must have symbols",
  };
  await signInTo("NEW_PASSWORD_REQUIRED");
  await userEvent.type(await screen.findByLabelText("New password"), OWN);
  await userEvent.type(screen.getByLabelText("The same again"), `${OWN}{Enter}`);
  await expect.poll(() => document.activeElement).toBe(screen.getByLabelText("New password"));
  expect(screen.getByLabelText("New password")).toHaveAccessibleDescription(/must have symbols/);
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a one-time code may be typed with a space", async () => {
  await signInTo("SOFTWARE_TOKEN_MFA");
  await userEvent.type(await screen.findByLabelText("One-time code"), "123 456{Enter}");
  await expect.poll(() => session.person()?.accessToken).toBe("token");
  expect(server.received.at(-1)?.body).toMatchObject({
    ChallengeResponses: { SOFTWARE_TOKEN_MFA_CODE: "123456" },
  });
  await expectNoAxeFindings();
});

test("where codes are asked of everybody, they are set up before anybody is let in", async () => {
  answers.AssociateSoftwareToken = { SecretCode: "ABCDEFGH", Session: "t" };
  answers.VerifySoftwareToken = { Status: "SUCCESS", Session: "u" };
  await signInTo("MFA_SETUP");
  expect(await screen.findByRole("img", { name: "The secret as a QR code" })).toBeInTheDocument();
  expect(screen.getByText("ABCD EFGH")).toBeInTheDocument();
  await expectNoAxeFindings();
  await userEvent.type(screen.getByLabelText("One-time code"), "123456{Enter}");
  await expect.poll(() => session.person()?.accessToken).toBe("token");
});

test("a forgotten password is set anew with a code from a mail", async () => {
  await userEvent.click(screen.getByRole("button", { name: "Forgotten your password?" }));
  await userEvent.type(await screen.findByLabelText("Email"), "ada@example.com{Enter}");
  expect(await screen.findByRole("heading", { name: "Set another password" })).toHaveFocus();
  await expectNoAxeFindings();
  await userEvent.type(screen.getByLabelText("Code from the mail"), "123456");
  await userEvent.type(screen.getByLabelText("New password"), OWN);
  await userEvent.type(screen.getByLabelText("The same again"), `${OWN}{Enter}`);
  expect(await screen.findByRole("status")).toHaveTextContent("Your password is set. Sign in with it.");
  expect(server.received.at(-1)?.body).toEqual({
    ClientId: "app",
    Username: "ada@example.com",
    ConfirmationCode: "123456",
    Password: OWN,
  });
});

test("every question leads back to where signing in begins", async () => {
  await signInTo("SOFTWARE_TOKEN_MFA");
  await userEvent.click(await screen.findByRole("button", { name: "Back to sign-in" }));
  expect(screen.getByRole("heading", { name: "Sign in" })).toBeInTheDocument();
});
