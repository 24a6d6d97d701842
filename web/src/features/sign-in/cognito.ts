import { ProblemError, unreachable } from "../../api/problem";

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** The client that they were made for, which alone can renew or revoke them. */
  clientId: string;
}

type Renewable = Pick<Tokens, "refreshToken" | "clientId">;

type Flow = "USER_PASSWORD_AUTH" | "REFRESH_TOKEN_AUTH";

interface CognitoAnswer {
  AuthenticationResult?: { AccessToken: string; RefreshToken?: string; ExpiresIn: number };
  ChallengeName?: string;
  message?: string;
}

/** The two operations of Cognito that this app needs beside a redirect; its SDK would be larger than this whole app. */
export class Cognito {
  readonly #endpoint: string;
  readonly #clientId: string;
  readonly #send: typeof fetch;
  readonly #now: () => number;

  constructor(options: {
    endpoint: string;
    clientId: string;
    send?: typeof fetch;
    now?: () => number;
  }) {
    this.#endpoint = options.endpoint;
    this.#clientId = options.clientId;
    this.#send = options.send ?? ((...call) => fetch(...call));
    this.#now = options.now ?? Date.now;
  }

  signIn(username: string, password: string): Promise<Tokens> {
    const parameters = { USERNAME: username, PASSWORD: password };
    return this.#initiate("USER_PASSWORD_AUTH", parameters, { clientId: this.#clientId, refreshToken: "" });
  }

  /** Cognito gives no new refresh token unless rotation is on: the old one stays good. */
  refresh(held: Renewable): Promise<Tokens> {
    return this.#initiate("REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: held.refreshToken }, held);
  }

  /** Ends the refresh token, and whatever was made of it. */
  async revoke({ refreshToken, clientId }: Renewable): Promise<void> {
    const response = await this.#post("RevokeToken", { Token: refreshToken, ClientId: clientId });
    if (!response.ok) throw refusal(response.status, {});
  }

  async #initiate(flow: Flow, parameters: Record<string, string>, held: Renewable): Promise<Tokens> {
    const response = await this.#post("InitiateAuth", {
      AuthFlow: flow,
      AuthParameters: parameters,
      ClientId: held.clientId,
    });
    const answer = (await response.json().catch(() => ({}))) as CognitoAnswer;
    const result = answer.AuthenticationResult;
    if (!response.ok || result === undefined) throw refusal(response.status, answer);
    return {
      accessToken: result.AccessToken,
      refreshToken: result.RefreshToken ?? held.refreshToken,
      expiresAt: this.#now() + result.ExpiresIn * 1000,
      clientId: held.clientId,
    };
  }

  #post(operation: string, body: unknown): Promise<Response> {
    return this.#send(this.#endpoint, {
      method: "POST",
      // It outlives the page: who signs out may leave it at once.
      keepalive: true,
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(body),
    }).catch(unreachable);
  }
}

function refusal(status: number, answer: CognitoAnswer): ProblemError {
  const challenge = answer.ChallengeName;
  const detail = challenge
    ? `This account has to answer ${challenge} first, which this page does not do yet. Ask an administrator.`
    : (answer.message ?? `The identity provider answered with status ${status} and gave no reason.`);
  return new ProblemError({ status, title: "Signing in failed", detail });
}
