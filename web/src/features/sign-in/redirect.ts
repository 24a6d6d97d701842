import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  customFetch,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  None,
  processAuthorizationCodeResponse,
  validateAuthResponse,
} from "oauth4webapi";
import { ProblemError } from "../../api/problem";
import type { Tokens } from "./cognito";

/** Where people are sent to sign in, and how they come back; written beside the app when it is deployed. */
export interface RedirectConfig {
  issuer: string;
  client_id: string;
  authorize_url: string;
  token_url: string;
  logout_url: string;
  /** Who signs people in; "" where the user pool does so itself, as on a developer's machine. */
  provider: string;
}

type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

interface Pending {
  state: string;
  nonce: string;
  verifier: string;
  /** Where the person wanted to go. */
  address: string;
}

export const CALLBACK_PATH = "/signed-in";
const KEY = "p09.sign-in";

/** Sign-in by redirect: authorization code with PKCE, state and nonce (RFC 9700), all of it checked by oauth4webapi. */
export class Redirect {
  readonly #config: RedirectConfig;
  readonly #origin: string;
  readonly #storage: Kept;
  readonly #send: typeof fetch;
  readonly #now: () => number;

  constructor(
    config: RedirectConfig,
    options: { origin?: string; storage?: Kept; send?: typeof fetch; now?: () => number } = {},
  ) {
    this.#config = config;
    this.#origin = options.origin ?? window.location.origin;
    this.#storage = options.storage ?? sessionStorage;
    this.#send = options.send ?? ((...call) => fetch(...call));
    this.#now = options.now ?? Date.now;
  }

  /** The address to go to; what has to come back is kept in this tab. */
  async begin(address: string): Promise<string> {
    const pending: Pending = {
      state: generateRandomState(),
      nonce: generateRandomNonce(),
      verifier: generateRandomCodeVerifier(),
      address,
    };
    this.#storage.setItem(KEY, JSON.stringify(pending));
    const url = new URL(this.#config.authorize_url);
    const { client_id, provider } = this.#config;
    const asked = {
      response_type: "code",
      client_id,
      redirect_uri: this.#callback(),
      scope: "openid",
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: "S256",
      ...(provider && { identity_provider: provider }),
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return url.href;
  }

  /** Tokens for the code that came back, once; and where the person wanted to go. */
  async finish(back: URL): Promise<{ tokens: Tokens; address: string }> {
    const pending = this.#taken();
    if (pending === null) throw failed("This sign-in was not begun in this tab, or is over. Begin it again.");
    try {
      return { tokens: await this.#exchange(back, pending), address: pending.address };
    } catch (cause) {
      throw failed(reason(cause, back));
    }
  }

  isOf(person: Tokens | null): boolean {
    return person?.clientId === this.#config.client_id;
  }

  get provider(): string {
    return this.#config.provider;
  }

  /** Where the identity provider's own session ends. */
  logoutUrl(): string {
    const url = new URL(this.#config.logout_url);
    url.searchParams.set("client_id", this.#config.client_id);
    url.searchParams.set("logout_uri", `${this.#origin}/`);
    return url.href;
  }

  async #exchange(back: URL, pending: Pending): Promise<Tokens> {
    const { issuer, authorize_url, token_url, client_id } = this.#config;
    const server: AuthorizationServer = {
      issuer,
      authorization_endpoint: authorize_url,
      token_endpoint: token_url,
    };
    const client = { client_id };
    const code = validateAuthResponse(server, client, back, pending.state);
    const options = {
      // The local system's identity provider is on this very machine.
      [allowInsecureRequests]: new URL(token_url).hostname === "127.0.0.1",
      signal: AbortSignal.timeout(15_000),
    };
    const answer = await authorizationCodeGrantRequest(
      server,
      client,
      None(),
      code,
      this.#callback(),
      pending.verifier,
      { ...options, [customFetch]: this.#send },
    );
    const found = await processAuthorizationCodeResponse(server, client, answer, {
      expectedNonce: pending.nonce,
      requireIdToken: true,
    });
    if (found.refresh_token === undefined) throw new Error("No refresh token came.");
    return {
      accessToken: found.access_token,
      refreshToken: found.refresh_token,
      expiresAt: this.#now() + (found.expires_in ?? 0) * 1000,
      clientId: client_id,
    };
  }

  #callback(): string {
    return `${this.#origin}${CALLBACK_PATH}`;
  }

  /** Taken out: what comes back a second time finds nothing. */
  #taken(): Pending | null {
    const stored = this.#storage.getItem(KEY);
    this.#storage.removeItem(KEY);
    return stored === null ? null : (JSON.parse(stored) as Pending);
  }
}

function failed(detail: string): ProblemError {
  return new ProblemError({ status: 401, title: "Signing in failed", detail });
}

/** In the identity provider's words where it has some. */
function reason(cause: unknown, back: URL): string {
  const said = back.searchParams.get("error_description") ?? back.searchParams.get("error");
  if (said !== null) return `The identity provider said: ${said}`;
  return cause instanceof Error ? cause.message : "What came back can’t be read.";
}
