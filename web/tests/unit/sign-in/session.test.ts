import { beforeEach, expect, test } from "vitest";
import { Cognito } from "../../../src/features/sign-in/cognito";
import { Session } from "../../../src/features/sign-in/session";
import { FakeServer, json, unreachable } from "../../support/fake-server";
import { tokenOf } from "../../support/render";

const HOUR = 3600;
let now = 0;
let issued = 0;
let server: FakeServer;

beforeEach(() => {
  now = 1_000_000;
  issued = 0;
  server = new FakeServer().on("POST /", () => {
    issued += 1;
    const AuthenticationResult = {
      AccessToken: `access-${issued}`,
      RefreshToken: "refresh",
      ExpiresIn: HOUR,
    };
    return json({ AuthenticationResult });
  });
});

function open(): Session {
  const clock = () => now;
  const cognito = new Cognito({
    endpoint: "http://identity.test/",
    clientId: "app",
    send: server.fetch,
    now: clock,
  });
  return new Session(cognito, sessionStorage, clock);
}

async function signedIn(): Promise<Session> {
  const session = open();
  await session.signIn("ada", "secret");
  return session;
}

test("nobody is signed in at first, and asking for a token says so", async () => {
  const session = open();
  expect(session.person()).toBeNull();
  await expect(session.accessToken()).rejects.toMatchObject({ status: 401 });
});

test("who signed in stays signed in when the page is loaded again", async () => {
  await signedIn();
  const again = open();
  expect(again.person()?.username).toBe("ada");
  await expect(again.accessToken()).resolves.toBe("access-1");
});

test("signing out forgets the person and tells who listens", async () => {
  const session = await signedIn();
  const seen: unknown[] = [];
  session.subscribe(() => seen.push(session.person()));
  session.signOut();
  expect(seen).toEqual([null]);
  expect(open().person()).toBeNull();
  await expect.poll(() => server.received.at(-1)?.body).toEqual({ Token: "refresh", ClientId: "app" });
});

test("a token is renewed before it ends", async () => {
  const session = await signedIn();
  now += (HOUR - 10) * 1000;
  await expect(session.accessToken()).resolves.toBe("access-2");
});

test("requests that find the token ended at the same time share one renewal", async () => {
  const session = await signedIn();
  now += HOUR * 1000;
  const tokens = await Promise.all([session.accessToken(), session.accessToken(), session.accessToken()]);
  expect(tokens).toEqual(["access-2", "access-2", "access-2"]);
  expect(issued).toBe(2);
});

test("a refused renewal signs out", async () => {
  const session = await signedIn();
  server.on("POST /", () => json({ message: "Refresh Token has been revoked" }, 400));
  await expect(session.renew()).rejects.toThrow("revoked");
  expect(session.person()).toBeNull();
});

test("a renewal that failed on the way keeps the person and can be tried again", async () => {
  const session = await signedIn();
  server.on("POST /", unreachable);
  await expect(session.renew()).rejects.toMatchObject({ status: 0 });
  expect(session.person()?.username).toBe("ada");
});

test("a renewal that ends after signing out brings nobody back", async () => {
  const session = await signedIn();
  const renewal = session.renew();
  session.signOut();
  await expect(renewal).rejects.toMatchObject({ status: 401 });
  expect(session.person()).toBeNull();
});

test("a stored session that can't be read is none", () => {
  sessionStorage.setItem("p09.session", "{");
  expect(open().person()).toBeNull();
});

test("signing out is not kept up by an identity provider that can't be reached", async () => {
  const session = await signedIn();
  server.on("POST /", unreachable);
  session.signOut();
  expect(session.person()).toBeNull();
});

test("who came by a redirect is named by their token, and renewed by the client that made it", async () => {
  const session = open();
  const accessToken = tokenOf([], { username: "7f1c", p09_name: "ada@shop.example" });
  session.take({ accessToken, refreshToken: "theirs", expiresAt: now, clientId: "redirect" });
  expect(session.person()?.username).toBe("ada@shop.example");
  await session.renew();
  expect(server.received[0]?.body).toMatchObject({ ClientId: "redirect" });
});
