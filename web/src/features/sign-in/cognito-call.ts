import { ProblemError, type ProblemItem, unreachable } from "../../api/problem";

export type Send = typeof fetch;

/** What Cognito answers to one operation, as far as this app reads it. Raises `ProblemError`. */
export async function callCognito<T>(
  send: Send,
  endpoint: string,
  operation: string,
  body: unknown,
): Promise<T> {
  const response = await send(endpoint, {
    method: "POST",
    // It outlives the page: who signs out may leave it at once.
    keepalive: true,
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
  }).catch(unreachable);
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw refusal(response.status, answer as CognitoError);
  return answer as T;
}

interface CognitoError {
  __type?: string;
  message?: string;
}

type Mended = Omit<ProblemItem, "where"> & { where: "code" | "password" | "username" | null };

const WRONG_CODE: Mended = { where: "code", detail: "This is not the code. Codes change: type the newest." };

/** What these refusals mean and how to go on, where Cognito's own words say too little. */
const MEANINGS: Record<string, Mended> = {
  CodeMismatchException: WRONG_CODE,
  EnableSoftwareTokenMFAException: WRONG_CODE,
  ExpiredCodeException: {
    where: "code",
    detail: "This code is no longer valid. Ask for a new one, or wait for the next one of your app.",
  },
  PasswordHistoryPolicyViolationException: {
    where: "password",
    detail: "You had this password before. Choose another one.",
  },
  LimitExceededException: {
    where: null,
    detail: "Too many tries. Wait a quarter of an hour, then try again.",
  },
  TooManyRequestsException: {
    where: null,
    detail: "Too many people sign in at once. Try again in a minute.",
  },
  TooManyFailedAttemptsException: {
    where: null,
    detail: "Too many wrong codes. Wait a quarter of an hour, then try again.",
  },
  UserNotConfirmedException: {
    where: null,
    detail: "This account was never confirmed. Ask whoever invited you for a new invitation.",
  },
};

function refusal(status: number, answer: CognitoError): ProblemError {
  const kind = answer.__type?.split("#").at(-1) ?? "";
  const said = answer.message ?? `The identity provider answered with status ${status} and gave no reason.`;
  const { where, detail } = MEANINGS[kind] ?? inTheirWords(kind, said);
  return new CognitoProblem(kind, status, detail, where === null ? [] : [{ where: `/${where}`, detail }]);
}

function inTheirWords(kind: string, said: string): Mended {
  if (kind === "InvalidPasswordException") return { where: "password", detail: said };
  if (/temporary password has expired/i.test(said)) {
    return { where: null, detail: "The temporary password has expired. Ask for a new invitation." };
  }
  if (/user is disabled/i.test(said)) {
    return { where: null, detail: "This account is disabled. Ask whoever invited you, or an administrator." };
  }
  if (/cannot be reset in the current state/i.test(said)) {
    const detail =
      "You have not signed in yet: use the temporary password of your invitation, or ask for a new one.";
    return { where: null, detail };
  }
  if (/session/i.test(said)) {
    return { where: null, detail: "Signing in took too long. Go back and start again." };
  }
  return { where: null, detail: said };
}

/** A problem that Cognito names: `kind` is the name of its exception. */
export class CognitoProblem extends ProblemError {
  readonly kind: string;

  constructor(kind: string, status: number, detail: string, items: readonly ProblemItem[] = []) {
    super({ status, title: "Signing in failed", detail, items });
    this.kind = kind;
  }
}
