import { useClaims, useHasRole } from "../sign-in/roles";
import type { Asker } from "./acts";
import { MAY_APPROVE, MAY_PLAN } from "./changes";

/** The person who is signed in, as far as it decides what is offered. */
export function useAsker(): Asker {
  const { username } = useClaims();
  return { username, mayApprove: useHasRole(MAY_APPROVE), mayPlan: useHasRole(MAY_PLAN) };
}
