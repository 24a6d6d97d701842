import { createHash } from "node:crypto";
import { beforeEach, expect, test, vi } from "vitest";
import { CALLBACK_PATH, Redirect } from "../../../src/features/sign-in/redirect";
import { FakeServer, json } from "../../support/fake-server";

const ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/pool";
const CONFIG = {
  issuer: ISSUER,
  client_id: "redirect",
  authorize_url: "https://people.test/oauth2/authorize",
  token_url: "https://people.test/oauth2/token",
  logout_url: "https://people.test/logout",
  provider: "SSO",
};
const ORIGIN = "https://console.test";
const NOW = 1_000_000;

let server: FakeServer;
let storage: Map<string, string>;
const stored: Pick<Storage, "getItem" | "setItem" | "removeItem"> = {
  getItem: (key) => storage.get(key) ?? null,
  setItem: (key, value) => void storage.set(key, value),
  removeItem: (key) => void storage.delete(key),
};
let idClaims: Record<string, unknown>;

beforeEach(async () => {
  // jsdom has an ArrayBuffer of its own, which what Web Crypto gives is no instance of.
  vi.stubGlobal("ArrayBuffer", (await crypto.subtle.digest("SHA-256", new Uint8Array())).constructor);
  storage = new Map();
  idClaims = {};
  server = new FakeServer().on("POST /oauth2/token", () =>
    json({
      access_token: "access",
      refresh_token: "refresh",
      id_token: idToken(),
      token_type: "Bearer",
      expires_in: 3600,
    }),
  );
});

function open(): Redirect {
  return new Redirect(CONFIG, { origin: ORIGIN, storage: stored, send: server.fetch, now: () => NOW });
}

function idToken(): string {
  const now = Math.floor(Date.now() / 1000);
  const usual = { iss: ISSUER, aud: "redirect", sub: "7f1c", iat: now, exp: now + 3600, nonce: sent().nonce };
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");
  return `${part({ alg: "RS256", kid: "1" })}.${part({ ...usual, ...idClaims })}.c2lnbmVk`;
}

let asked: URL;
function sent(): Record<string, string> {
  return Object.fromEntries(asked.searchParams);
}

async function begun(): Promise<Redirect> {
  const redirect = open();
  asked = new URL(await redirect.begin("/incidents?open=1"));
  return redirect;
}

function back(parameters: Record<string, string> = {}): URL {
  const url = new URL(CALLBACK_PATH, ORIGIN);
  const usual = { code: "one-time", state: sent().state ?? "" };
  for (const [name, value] of Object.entries({ ...usual, ...parameters })) url.searchParams.set(name, value);
  return url;
}

test("people are sent off for a code alone, with PKCE, state and nonce, to the provider of their directory", async () => {
  await begun();
  expect(asked.origin + asked.pathname).toBe(CONFIG.authorize_url);
  expect(sent()).toEqual({
    response_type: "code",
    client_id: "redirect",
    redirect_uri: `${ORIGIN}/signed-in`,
    scope: "openid",
    state: expect.stringMatching(/^[\w-]{40,}$/),
    nonce: expect.stringMatching(/^[\w-]{40,}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: "S256",
    identity_provider: "SSO",
  });
});

test("a code is exchanged for tokens with the verifier of its challenge", async () => {
  const redirect = await begun();
  await expect(redirect.finish(back())).resolves.toEqual({
    address: "/incidents?open=1",
    tokens: {
      accessToken: "access",
      refreshToken: "refresh",
      expiresAt: NOW + 3_600_000,
      clientId: "redirect",
    },
  });
  const form = new URLSearchParams(String(server.received[0]?.body));
  expect(form.get("grant_type")).toBe("authorization_code");
  expect(form.get("client_id")).toBe("redirect");
  expect(form.has("client_secret")).toBe(false);
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  expect(challenge).toBe(sent().code_challenge);
});

test("what comes back twice is refused the second time", async () => {
  const redirect = await begun();
  await redirect.finish(back());
  await expect(redirect.finish(back())).rejects.toThrow("is over");
  expect(server.received).toHaveLength(1);
});

test("what was not begun in this tab is refused", async () => {
  await begun();
  storage.clear();
  await expect(open().finish(back())).rejects.toThrow("not begun in this tab");
  expect(server.received).toEqual([]);
});

test.each([{ state: "another" }, { state: "" }])(
  "the state %j is refused before anything is sent",
  async (wrong) => {
    const redirect = await begun();
    await expect(redirect.finish(back(wrong))).rejects.toMatchObject({ title: "Signing in failed" });
    expect(server.received).toEqual([]);
  },
);

test.each([
  { nonce: "another" },
  { nonce: undefined },
  { aud: "another" },
  { iss: "https://another.test" },
  { exp: 1 },
])("an id token with %j is refused", async (wrong) => {
  const redirect = await begun();
  idClaims = wrong;
  await expect(redirect.finish(back())).rejects.toMatchObject({ title: "Signing in failed" });
});

test("a refusal is told in the provider's words", async () => {
  const redirect = await begun();
  const url = back({ error: "access_denied", error_description: "You are not in the group" });
  url.searchParams.delete("code");
  await expect(redirect.finish(url)).rejects.toThrow("You are not in the group");
});

test("signing out ends the provider's session, and comes back to the sign-in page", () => {
  const url = new URL(open().logoutUrl());
  expect(url.origin + url.pathname).toBe(CONFIG.logout_url);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: "redirect",
    logout_uri: `${ORIGIN}/`,
  });
});
