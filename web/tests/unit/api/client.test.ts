import { expect, test } from "vitest";
import { createApi, type TokenSource } from "../../../src/api/client";
import { FakeServer, json, problem } from "../../support/fake-server";

class FakeTokens implements TokenSource {
  isSignedOut = false;
  renewals = 0;

  async accessToken() {
    return "first";
  }

  async renew() {
    this.renewals += 1;
    return "second";
  }

  signOut() {
    this.isSignedOut = true;
  }
}

const accepting = (accepted: string) =>
  new FakeServer().on("POST /v1/organisations", ({ headers, body }) =>
    headers.get("Authorization") === `Bearer ${accepted}`
      ? json({ organisation_id: "o", ...(body as object) }, 201)
      : problem(401, "the access token is not valid"),
  );

const create = (server: FakeServer, tokens: TokenSource) =>
  createApi(tokens, server.fetch).POST("/v1/organisations", { body: { name: "Northwind" } });

test("each request carries the access token", async () => {
  const tokens = new FakeTokens();
  const { data } = await create(accepting("first"), tokens);
  expect(data).toEqual({ organisation_id: "o", name: "Northwind" });
  expect(tokens.renewals).toBe(0);
});

test("a refused token is renewed once and the whole request sent again", async () => {
  const tokens = new FakeTokens();
  const { data } = await create(accepting("second"), tokens);
  expect(data).toEqual({ organisation_id: "o", name: "Northwind" });
  expect(tokens).toMatchObject({ renewals: 1, isSignedOut: false });
});

test("a renewed token that is refused too signs out", async () => {
  const tokens = new FakeTokens();
  const server = accepting("neither");
  const { response } = await create(server, tokens);
  expect(response.status).toBe(401);
  expect(tokens).toMatchObject({ renewals: 1, isSignedOut: true });
  expect(server.received).toHaveLength(2);
});
