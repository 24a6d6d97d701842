import { expect, test } from "vitest";
import { Cognito } from "../../../src/features/sign-in/cognito";
import { FakeServer, json, unreachable } from "../../support/fake-server";

const NOW = 1_000_000;
const HELD = { refreshToken: "kept", clientId: "redirect" };
const TOKENS = { AccessToken: "access", RefreshToken: "refresh", ExpiresIn: 3600 };

function cognitoBefore(server: FakeServer) {
  return new Cognito({
    endpoint: "http://identity.test/",
    clientId: "app",
    send: server.fetch,
    now: () => NOW,
  });
}

test("a password is exchanged for tokens by InitiateAuth", async () => {
  const server = new FakeServer().on("POST /", { AuthenticationResult: TOKENS });
  await expect(cognitoBefore(server).signIn("ada", "secret")).resolves.toEqual({
    kind: "done",
    tokens: {
      accessToken: "access",
      refreshToken: "refresh",
      expiresAt: NOW + 3_600_000,
      clientId: "app",
    },
  });
  const [request] = server.received;
  expect(request?.headers.get("X-Amz-Target")).toBe("AWSCognitoIdentityProviderService.InitiateAuth");
  expect(request?.headers.get("Content-Type")).toBe("application/x-amz-json-1.1");
  expect(request?.body).toEqual({
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: "ada", PASSWORD: "secret" },
    ClientId: "app",
  });
});

test("a refresh keeps the refresh token when no new one comes", async () => {
  const server = new FakeServer().on("POST /", {
    AuthenticationResult: { ...TOKENS, RefreshToken: undefined },
  });
  await expect(cognitoBefore(server).refresh(HELD)).resolves.toMatchObject({ refreshToken: "kept" });
  expect(server.received[0]?.body).toMatchObject({
    AuthFlow: "REFRESH_TOKEN_AUTH",
    AuthParameters: { REFRESH_TOKEN: "kept" },
    ClientId: "redirect",
  });
});

test("a wrong password is told in Cognito's words", async () => {
  const answer = { __type: "NotAuthorizedException", message: "Incorrect username or password." };
  const server = new FakeServer().on("POST /", () => json(answer, 400));
  await expect(cognitoBefore(server).signIn("ada", "wrong")).rejects.toMatchObject({
    title: "Signing in failed",
    message: "Incorrect username or password.",
  });
});

test("a question that the console can’t ask is named, with whom to tell", async () => {
  const server = new FakeServer().on("POST /", { ChallengeName: "SMS_MFA", Session: "s" });
  await expect(cognitoBefore(server).signIn("ada", "first")).rejects.toThrow(
    /SMS_MFA.*Tell an administrator/,
  );
});

test.each([
  ["NEW_PASSWORD_REQUIRED", "new-password"],
  ["SOFTWARE_TOKEN_MFA", "one-time-code"],
  ["MFA_SETUP", "set-up-code"],
])("what %s asks is asked of who Cognito says it is", async (name, kind) => {
  const parameters = { USER_ID_FOR_SRP: "7" };
  const asked = { ChallengeName: name, Session: "s", ChallengeParameters: parameters };
  const server = new FakeServer().on("POST /", asked);
  const step = await cognitoBefore(server).signIn("ada", "first");
  expect(step).toEqual({ kind, username: "7", session: "s" });
});

const ASKED = { kind: "new-password", username: "7", session: "s" } as const;

test("an answer carries the session of its question, and may lead to another question", async () => {
  const asked = { ChallengeName: "SOFTWARE_TOKEN_MFA", Session: "t" };
  const server = new FakeServer().on("POST /", asked);
  const step = await cognitoBefore(server).setPassword(ASKED, "mine");
  expect(step).toEqual({ kind: "one-time-code", username: "7", session: "t" });
  expect(server.received[0]?.body).toEqual({
    ChallengeName: "NEW_PASSWORD_REQUIRED",
    ChallengeResponses: { USERNAME: "7", NEW_PASSWORD: "mine" },
    ClientId: "app",
    Session: "s",
  });
});

test("where a code has to be set up first, each step goes on in the session of the one before", async () => {
  const server = new FakeServer().on("POST /", ({ headers }) => {
    const target = headers.get("X-Amz-Target") ?? "";
    if (target.endsWith("AssociateSoftwareToken")) return json({ SecretCode: "ABCD", Session: "t" });
    if (target.endsWith("VerifySoftwareToken")) return json({ Status: "SUCCESS", Session: "u" });
    return json({ AuthenticationResult: TOKENS });
  });
  const cognito = cognitoBefore(server);
  const enrolment = await cognito.enrolBefore(ASKED);
  const step = await cognito.verifyBefore(ASKED, enrolment, "123456");
  expect(step.kind).toBe("done");
  expect(server.received.map(({ body }) => (body as { Session: string }).Session)).toEqual(["s", "t", "u"]);
});

test("a password that an administrator has reset leads to setting another", async () => {
  const refused = {
    __type: "PasswordResetRequiredException",
    message: "Password reset required for the user",
  };
  const server = new FakeServer().on("POST /", () => json(refused, 400));
  const step = await cognitoBefore(server).signIn("ada", "old");
  expect(step).toEqual({ kind: "reset", username: "ada" });
});

test.each([
  ["CodeMismatchException", "Invalid code received for user", "/code", "not the code"],
  ["ExpiredCodeException", "Invalid code provided", "/code", "no longer valid"],
  ["InvalidPasswordException", "Password did not conform", "/password", "did not conform"],
  ["NotAuthorizedException", "User is disabled.", undefined, "disabled. Ask"],
  [
    "NotAuthorizedException",
    "Temporary password has expired and must be reset.",
    undefined,
    "new invitation",
  ],
  ["NotAuthorizedException", "Invalid session for the user.", undefined, "start again"],
  [
    "NotAuthorizedException",
    "User password cannot be reset in the current state.",
    undefined,
    "not signed in",
  ],
  ["LimitExceededException", "Attempt limit exceeded", undefined, "quarter of an hour"],
])("%s (%s) says what to do, where it can be done", async (type, message, where, said) => {
  const server = new FakeServer().on("POST /", () => json({ __type: type, message }, 400));
  const refused = cognitoBefore(server).sendCode(ASKED, "123456");
  await expect(refused).rejects.toThrow(said);
  await expect(refused).rejects.toMatchObject({ items: where === undefined ? [] : [{ where }] });
});

test("an identity provider that can't be reached is a problem of the network", async () => {
  const server = new FakeServer().on("POST /", unreachable);
  await expect(cognitoBefore(server).signIn("ada", "secret")).rejects.toMatchObject({ status: 0 });
});

test("an answer that is no JSON is refused with its status", async () => {
  const server = new FakeServer().on("POST /", () => new Response("<html>", { status: 502 }));
  await expect(cognitoBefore(server).signIn("ada", "secret")).rejects.toThrow("502");
});

test("a refresh token is revoked by the client that it was made for", async () => {
  const server = new FakeServer().on("POST /", {});
  await cognitoBefore(server).revoke(HELD);
  const [request] = server.received;
  expect(request?.headers.get("X-Amz-Target")).toBe("AWSCognitoIdentityProviderService.RevokeToken");
  expect(request?.body).toEqual({ Token: "kept", ClientId: "redirect" });
});

test("a refused revocation is told", async () => {
  const server = new FakeServer().on("POST /", () => json({}, 400));
  await expect(cognitoBefore(server).revoke(HELD)).rejects.toMatchObject({ status: 400 });
});
