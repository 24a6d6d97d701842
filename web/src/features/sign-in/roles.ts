import { useMemo } from "react";
import { MEMBERS, OPERATIONS as PERMISSIONS } from "../../api/permissions";
import { type Claims, claimsOf, OPERATIONS } from "./claims";
import { usePerson } from "./use-session";

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
