import { usePerson } from "./use-session";

/** What every group of the people who operate P09 begins with. */
const OPERATIONS = "P09-";

/**
 * The groups that an access token names. It decides what is offered, never what is allowed: that is the API's to say,
 * so a token that can't be read simply has no groups.
 */
export function groupsOf(accessToken: string): readonly string[] {
  const groups = claimsOf(accessToken)["cognito:groups"];
  return Array.isArray(groups) ? groups.map(String) : [];
}

/** Whether the person who is signed in operates P09, and is not a customer's person. */
export function useIsOperator(): boolean {
  const person = usePerson();
  return person !== null && groupsOf(person.accessToken).some((group) => group.startsWith(OPERATIONS));
}

export type Role = "P09-Developer" | "P09-SRE" | "P09-DBA" | "P09-Lead" | "P09-Auditor";

/** Whether something that only these roles may do is offered to the person who is signed in. */
export function useHasRole(roles: readonly Role[]): boolean {
  const person = usePerson();
  if (person === null) return false;
  const groups = groupsOf(person.accessToken);
  return roles.some((role) => groups.includes(role));
}

/** What records name the person who is signed in by; null when their token can't be read. */
export function useSubject(): string | null {
  const person = usePerson();
  const subject = person === null ? undefined : claimsOf(person.accessToken).sub;
  return typeof subject === "string" ? subject : null;
}

function claimsOf(accessToken: string): { sub?: unknown; "cognito:groups"?: unknown } {
  const payload = accessToken.split(".")[1];
  if (payload === undefined) return {};
  try {
    return JSON.parse(decoded(payload)) ?? {};
  } catch {
    return {};
  }
}

function decoded(base64Url: string): string {
  const bytes = atob(base64Url.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
