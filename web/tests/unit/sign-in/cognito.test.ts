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
    accessToken: "access",
    refreshToken: "refresh",
    expiresAt: NOW + 3_600_000,
    clientId: "app",
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

test("a challenge that this page can't answer is named", async () => {
  const server = new FakeServer().on("POST /", { ChallengeName: "NEW_PASSWORD_REQUIRED" });
  await expect(cognitoBefore(server).signIn("ada", "first")).rejects.toThrow("NEW_PASSWORD_REQUIRED");
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
