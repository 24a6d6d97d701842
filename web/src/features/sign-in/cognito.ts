import { CognitoProblem, callCognito, type Send } from "./cognito-call";

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** The client that they were made for, which alone can renew or revoke them. */
  clientId: string;
}

/** What Cognito asks next of somebody who signs in; `session` is what it knows them by meanwhile. */
export interface Challenge {
  kind: "new-password" | "one-time-code" | "set-up-code";
  username: string;
  session: string;
}

/** The end of signing in, the next question, or that the password has to be reset first. */
export type Step = { kind: "done"; tokens: Tokens } | { kind: "reset"; username: string } | Challenge;

/** What an authenticator app is given, and the session in which it is. */
export interface Enrolment {
  secret: string;
  session: string;
}

type Renewable = Pick<Tokens, "refreshToken" | "clientId">;

interface Answer {
  AuthenticationResult?: { AccessToken: string; RefreshToken?: string; ExpiresIn: number };
  ChallengeName?: string;
  ChallengeParameters?: Record<string, string>;
  Session?: string;
}

/** Questions that this app asks on. What the pool could be changed to ask besides is told by `unknown`. */
const CHALLENGES: Record<string, Challenge["kind"]> = {
  NEW_PASSWORD_REQUIRED: "new-password",
  SOFTWARE_TOKEN_MFA: "one-time-code",
  MFA_SETUP: "set-up-code",
};
const APP = "SOFTWARE_TOKEN_MFA";

/** The operations of Cognito that this app needs beside a redirect; its SDK would be larger than this whole app. */
export class Cognito {
  readonly #endpoint: string;
  readonly #clientId: string;
  readonly #send: Send;
  readonly #now: () => number;

  constructor(options: { endpoint: string; clientId: string; send?: Send; now?: () => number }) {
    this.#endpoint = options.endpoint;
    this.#clientId = options.clientId;
    this.#send = options.send ?? ((...call) => fetch(...call));
    this.#now = options.now ?? Date.now;
  }

  async signIn(username: string, password: string): Promise<Step> {
    try {
      const parameters = { USERNAME: username, PASSWORD: password };
      return await this.#step(username, await this.#initiate("USER_PASSWORD_AUTH", parameters));
    } catch (problem) {
      const isReset = problem instanceof CognitoProblem && problem.kind === "PasswordResetRequiredException";
      if (isReset) return { kind: "reset", username };
      throw problem;
    }
  }

  setPassword(asked: Challenge, password: string): Promise<Step> {
    return this.#respond(asked, "NEW_PASSWORD_REQUIRED", { NEW_PASSWORD: password });
  }

  sendCode(asked: Challenge, code: string): Promise<Step> {
    return this.#respond(asked, APP, { SOFTWARE_TOKEN_MFA_CODE: code });
  }

  /** Where a one-time code has to be set up before anybody comes in. */
  enrolBefore({ session }: Challenge): Promise<Enrolment> {
    return this.#associate({ Session: session });
  }

  async verifyBefore(asked: Challenge, enrolment: Enrolment, code: string): Promise<Step> {
    const body = { Session: enrolment.session, UserCode: code };
    const answer = await this.#call<{ Session: string }>("VerifySoftwareToken", body);
    return this.#respond({ ...asked, session: answer.Session }, "MFA_SETUP", {});
  }

  /** For somebody who has signed in. */
  enrol(accessToken: string): Promise<Enrolment> {
    return this.#associate({ AccessToken: accessToken });
  }

  async verify(accessToken: string, code: string): Promise<void> {
    await this.#call("VerifySoftwareToken", { AccessToken: accessToken, UserCode: code });
    await this.#prefer(accessToken, true);
  }

  /** Without a one-time code from now on. */
  forgetApp(accessToken: string): Promise<void> {
    return this.#prefer(accessToken, false);
  }

  async hasApp(accessToken: string): Promise<boolean> {
    const body = { AccessToken: accessToken };
    const answer = await this.#call<{ UserMFASettingList?: string[] }>("GetUser", body);
    return answer.UserMFASettingList?.includes(APP) ?? false;
  }

  /** Has a code sent by mail. Whether there is such a person is not told. */
  async forgotPassword(username: string): Promise<void> {
    await this.#call("ForgotPassword", { ClientId: this.#clientId, Username: username });
  }

  async resetPassword(username: string, code: string, password: string): Promise<void> {
    const body = { Username: username, ConfirmationCode: code, Password: password };
    await this.#call("ConfirmForgotPassword", { ClientId: this.#clientId, ...body });
  }

  /** Cognito gives no new refresh token unless rotation is on: the old one stays good. */
  async refresh(held: Renewable): Promise<Tokens> {
    const parameters = { REFRESH_TOKEN: held.refreshToken };
    const answer = await this.#initiate("REFRESH_TOKEN_AUTH", parameters, held.clientId);
    const tokens = this.#tokens(answer, held);
    if (tokens === null) throw unknown(answer);
    return tokens;
  }

  /** Ends the refresh token, and whatever was made of it. */
  async revoke({ refreshToken, clientId }: Renewable): Promise<void> {
    await this.#call("RevokeToken", { Token: refreshToken, ClientId: clientId });
  }

  #initiate(flow: string, parameters: Record<string, string>, clientId = this.#clientId): Promise<Answer> {
    return this.#call("InitiateAuth", { AuthFlow: flow, AuthParameters: parameters, ClientId: clientId });
  }

  async #respond(asked: Challenge, name: string, responses: Record<string, string>): Promise<Step> {
    const { username, session } = asked;
    const body = { ChallengeName: name, Session: session, ClientId: this.#clientId };
    const answer = await this.#call<Answer>("RespondToAuthChallenge", {
      ...body,
      ChallengeResponses: { USERNAME: username, ...responses },
    });
    return this.#step(username, answer);
  }

  async #associate(by: Record<string, string>): Promise<Enrolment> {
    const answer = await this.#call<{ SecretCode: string; Session?: string }>("AssociateSoftwareToken", by);
    return { secret: answer.SecretCode, session: answer.Session ?? "" };
  }

  async #prefer(accessToken: string, isOn: boolean): Promise<void> {
    const settings = { Enabled: isOn, PreferredMfa: isOn };
    await this.#call("SetUserMFAPreference", {
      AccessToken: accessToken,
      SoftwareTokenMfaSettings: settings,
    });
  }

  #step(typed: string, answer: Answer): Step {
    const tokens = this.#tokens(answer, { refreshToken: "", clientId: this.#clientId });
    if (tokens !== null) return { kind: "done", tokens };
    const kind = CHALLENGES[answer.ChallengeName ?? ""];
    if (kind === undefined || answer.Session === undefined) throw unknown(answer);
    // What was typed may be an alias, which answers to challenges don't take.
    const username = answer.ChallengeParameters?.USER_ID_FOR_SRP ?? typed;
    return { kind, username, session: answer.Session };
  }

  #tokens({ AuthenticationResult: result }: Answer, held: Renewable): Tokens | null {
    if (result === undefined) return null;
    return {
      accessToken: result.AccessToken,
      refreshToken: result.RefreshToken ?? held.refreshToken,
      expiresAt: this.#now() + result.ExpiresIn * 1000,
      clientId: held.clientId,
    };
  }

  #call<T>(operation: string, body: unknown): Promise<T> {
    return callCognito(this.#send, this.#endpoint, operation, body);
  }
}

function unknown({ ChallengeName: name }: Answer): CognitoProblem {
  const detail =
    name === undefined
      ? "The identity provider gave no answer that this page understands. Try again; if it stays so, tell an administrator."
      : `This account has to answer ${name}, which the console can’t ask. Tell an administrator: the user pool was changed to ask for it.`;
  return new CognitoProblem("", 400, detail);
}
