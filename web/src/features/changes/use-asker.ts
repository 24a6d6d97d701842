import { useMay } from "../sign-in/roles";
import type { Asker } from "./acts";

/** The person who is signed in, as far as it decides what is offered. */
export function useAsker(): Asker {
  return {
    mayApprove: useMay("POST /v1/changes/{change_id}/approve"),
    mayPlan: useMay("POST /v1/changes"),
  };
}
