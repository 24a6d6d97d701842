import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema";

/** Of an answer that is there in several forms, such as CSV, the console reads JSON. */
export type Api = Client<paths, "application/json">;
export type Schema = components["schemas"];

/** Where the client gets its access token, and whom it tells that the API takes none of them. */
export interface TokenSource {
  accessToken(): Promise<string>;
  renew(): Promise<string>;
  signOut(): void;
}

export function createApi(tokens: TokenSource, send: typeof fetch = fetch): Api {
  return createClient<paths, "application/json">({
    baseUrl: window.location.origin,
    fetch: async (request: Request) => {
      const answer = await send(authorised(request, await tokens.accessToken()));
      return answer.status === 401 ? secondAttempt(request, tokens, send) : answer;
    },
  });
}

/** A token may have been revoked before its time: one renewal, then the person has to sign in again. */
async function secondAttempt(request: Request, tokens: TokenSource, send: typeof fetch): Promise<Response> {
  const answer = await send(authorised(request, await tokens.renew()));
  if (answer.status === 401) tokens.signOut();
  return answer;
}

function authorised(request: Request, token: string): Request {
  const copy = request.clone();
  copy.headers.set("Authorization", `Bearer ${token}`);
  return copy;
}
