import { useMemo } from "react";
import { MEMBERS, OPERATIONS as PERMISSIONS } from "../../api/permissions";
import { usePerson } from "./use-session";

/** What every group of the people who operate P09 begins with. */
const OPERATIONS = "P09-";

interface Claims {
  groups: readonly string[];
  /** Who it is, for ever; and the name that records give. Null where the token does not tell. */
  subject: string | null;
  username: string | null;
}

/**
 * What an access token says of its bearer. It decides what is offered, never what is allowed: that is the API's to say,
 * so a token that can't be read simply says nothing.
 */
export function claimsOf(accessToken: string): Claims {
  const claims = parsed(accessToken.split(".")[1] ?? "");
  const groups = claims["cognito:groups"];
  return {
    groups: Array.isArray(groups) ? groups.map(String) : [],
    subject: typeof claims.sub === "string" ? claims.sub : null,
    username: text(claims.p09_name) ?? text(claims.username),
  };
}

const NOBODY: Claims = { groups: [], subject: null, username: null };

/** What the token of the person who is signed in says. */
export function useClaims(): Claims {
  const token = usePerson()?.accessToken;
  return useMemo(() => (token === undefined ? NOBODY : claimsOf(token)), [token]);
}

/** Whether the person who is signed in operates P09, and is not a customer's person. */
export function useIsOperator(): boolean {
  return useClaims().groups.some((group) => group.startsWith(OPERATIONS));
}

/** A route of operations, as the table of permissions names it. */
export type Route = keyof typeof PERMISSIONS;
export type Role = (typeof PERMISSIONS)[Route][number];

/** Whom the API lets call it. */
export function rolesFor(route: Route): readonly Role[] {
  return PERMISSIONS[route];
}

/** Whether what this route does is offered to the person who is signed in. */
export function useMay(route: Route): boolean {
  return useHasRole(rolesFor(route));
}

/** Whether something that only these roles may do is offered to the person who is signed in. */
export function useHasRole(roles: readonly Role[]): boolean {
  const { groups } = useClaims();
  return roles.some((role) => groups.includes(role));
}

/** A route of customers, as the table of permissions names it. */
export type MembersRoute = keyof typeof MEMBERS;
export type MemberRole = (typeof MEMBERS)[MembersRoute][number];

/** Whether what this route does is offered to who has this role in the organisation. */
export function mayAs(role: MemberRole, route: MembersRoute): boolean {
  const allowed: readonly MemberRole[] = MEMBERS[route];
  return allowed.includes(role);
}

function text(claim: unknown): string | null {
  return typeof claim === "string" && claim !== "" ? claim : null;
}

function parsed(payload: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(decoded(payload));
    return typeof claims === "object" && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}

function decoded(base64Url: string): string {
  const bytes = atob(base64Url.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
