import type { TokenSource } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { claimsOf } from "./claims";
import type { Challenge, Cognito, Enrolment, Step, Tokens } from "./cognito";
import { CognitoProblem } from "./cognito-call";

const KEY = "p09.session";
/** A token that ends while its request is under way would be refused. */
const MARGIN_MS = 30_000;

export interface Person extends Tokens {
  username: string;
}

/**
 * Who is signed in, in this tab. Kept in memory and, so that a reload does not sign out, in sessionStorage, which ends
 * with the tab. React reads it through `subscribe` and `person`.
 */
export class Session implements TokenSource {
  readonly #cognito: Cognito;
  readonly #storage: Storage;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #person: Person | null;
  #renewal: Promise<string> | null = null;

  constructor(cognito: Cognito, storage: Storage = sessionStorage, now: () => number = Date.now) {
    this.#cognito = cognito;
    this.#storage = storage;
    this.#now = now;
    this.#person = restored(storage.getItem(KEY));
  }

  readonly person = (): Person | null => this.#person;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Each of these ends with somebody signed in, or with what is asked next. */
  async signIn(username: string, password: string): Promise<Step> {
    return this.#after(username, await this.#cognito.signIn(username, password));
  }

  async setPassword(asked: Challenge, password: string): Promise<Step> {
    return this.#after(asked.username, await this.#cognito.setPassword(asked, password));
  }

  async sendCode(asked: Challenge, code: string): Promise<Step> {
    return this.#after(asked.username, await this.#cognito.sendCode(asked, code));
  }

  async verifyBefore(asked: Challenge, enrolment: Enrolment, code: string): Promise<Step> {
    return this.#after(asked.username, await this.#cognito.verifyBefore(asked, enrolment, code));
  }

  /** What needs no session of ours. */
  get cognito(): Cognito {
    return this.#cognito;
  }

  /** Signs somebody in whose tokens came by a redirect. */
  take(tokens: Tokens): void {
    this.#begin(tokens, "");
  }

  /** Forgets the person at once, and has their tokens revoked. Should that fail, nobody has them, and they end within a day. */
  readonly signOut = (): void => {
    const person = this.#person;
    this.#become(null);
    if (person !== null) this.#cognito.revoke(person).catch(() => undefined);
  };

  async accessToken(): Promise<string> {
    const person = this.#person;
    if (person === null) throw signedOut();
    return person.expiresAt - MARGIN_MS > this.#now() ? person.accessToken : this.renew();
  }

  /** What somebody asks of Cognito itself. A token that it refuses is renewed once; whose renewal is refused is signed out. */
  async ask<T>(question: (accessToken: string) => Promise<T>): Promise<T> {
    try {
      return await question(await this.accessToken());
    } catch (problem) {
      const isRefused = problem instanceof CognitoProblem && problem.kind === "NotAuthorizedException";
      if (!isRefused) throw problem;
      return question(await this.renew());
    }
  }

  /** Many requests may find the token ended at once: they share one renewal. */
  renew(): Promise<string> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renew(): Promise<string> {
    const person = this.#person;
    if (person === null) throw signedOut();
    try {
      const tokens = await this.#cognito.refresh(person);
      // The person may have signed out while the answer was under way.
      if (this.#person !== person) throw signedOut();
      this.#become({ ...person, ...tokens });
      return tokens.accessToken;
    } catch (problem) {
      const isRefused = problem instanceof ProblemError && !problem.isWorthRetrying;
      if (isRefused && this.#person === person) this.#become(null);
      throw problem;
    }
  }

  #after(typed: string, step: Step): Step {
    if (step.kind === "done") this.#begin(step.tokens, typed);
    return step;
  }

  #begin(tokens: Tokens, typed: string): void {
    this.#become({ ...tokens, username: claimsOf(tokens.accessToken).username ?? typed });
  }

  #become(person: Person | null): void {
    this.#person = person;
    if (person === null) this.#storage.removeItem(KEY);
    else this.#storage.setItem(KEY, JSON.stringify(person));
    for (const listener of this.#listeners) listener();
  }
}

function signedOut(): ProblemError {
  return new ProblemError({ status: 401, title: "Signed out", detail: "Sign in again to go on." });
}

function restored(stored: string | null): Person | null {
  if (stored === null) return null;
  try {
    return JSON.parse(stored) as Person;
  } catch {
    return null;
  }
}
