import { ProblemError, unreachable } from "../../api/problem";

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

type Flow = "USER_PASSWORD_AUTH" | "REFRESH_TOKEN_AUTH";

interface CognitoAnswer {
  AuthenticationResult?: { AccessToken: string; RefreshToken?: string; ExpiresIn: number };
  ChallengeName?: string;
  message?: string;
}

/** The one operation of Cognito that a sign-in by password needs; its SDK would be larger than this whole app. */
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
    return this.#initiate("USER_PASSWORD_AUTH", { USERNAME: username, PASSWORD: password }, "");
  }

  /** Cognito gives no new refresh token unless rotation is on: the old one stays good. */
  refresh(refreshToken: string): Promise<Tokens> {
    return this.#initiate("REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: refreshToken }, refreshToken);
  }

  async #initiate(flow: Flow, parameters: Record<string, string>, refreshToken: string): Promise<Tokens> {
    const response = await this.#post({
      AuthFlow: flow,
      AuthParameters: parameters,
      ClientId: this.#clientId,
    });
    const answer = (await response.json().catch(() => ({}))) as CognitoAnswer;
    const result = answer.AuthenticationResult;
    if (!response.ok || result === undefined) throw refusal(response.status, answer);
    return {
      accessToken: result.AccessToken,
      refreshToken: result.RefreshToken ?? refreshToken,
      expiresAt: this.#now() + result.ExpiresIn * 1000,
    };
  }

  #post(body: unknown): Promise<Response> {
    return this.#send(this.#endpoint, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
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
