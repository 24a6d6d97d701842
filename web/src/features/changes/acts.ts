import { type Act, type Change, closedOf, isInProduction, isOver, type Overridable } from "./changes";
import { askedOf } from "./words";

/** What the roles of who asks let them do; what is their own, a change says itself. */
export interface Asker {
  mayApprove: boolean;
  mayPlan: boolean;
}

/** Those that two people may pass although they are closed. What else keeps a change is mended. */
const OVERRIDABLE: readonly Overridable[] = ["budget", "freeze", "incidents", "migrations"];

/** What is offered to a person. Whether it is allowed, the API decides. */
export function actsOf(change: Change, asker: Asker): Act[] {
  const isBefore = !isOver(change) && !isInProduction(change);
  const acts: Act[] = [];
  if (asker.mayApprove && isApprovable(change) && !change.own.includes("artefact")) acts.push("approve");
  if (asker.mayApprove && isBefore && maySecond(change)) acts.push("second");
  if (asker.mayApprove && isBefore && overridableOf(change).length > 0) acts.push("override");
  if (asker.mayApprove && isBefore) acts.push("reject");
  if (asker.mayPlan && isInProduction(change)) acts.push("roll back");
  return acts;
}

/** Whether it can't go on before this person has decided. */
export function waitsForMe(change: Change, asker: Asker): boolean {
  return actsOf(change, asker).some((act) => act === "approve" || act === "second");
}

/** Closed gates for which nobody has asked yet. */
export function overridableOf(change: Change): Overridable[] {
  const asked = change.override?.gates ?? [];
  const closed = new Set<string>(closedOf(change).map(({ name }) => name));
  return OVERRIDABLE.filter((name) => closed.has(name) && !asked.includes(name));
}

/** What a change waits for, for who is not offered the decision. */
export function waitsFor(change: Change, asker: Asker): string | null {
  if (isOver(change) || isInProduction(change)) return null;
  return overrideHint(change, asker) ?? stateHint(change, asker);
}

function overrideHint(change: Change, asker: Asker): string | null {
  if (!isPending(change) || change.override === null) return null;
  if (asker.mayApprove && maySecond(change)) return askedOf(change.override, null);
  if (change.own.includes("override"))
    return "You asked for the override: a second person, who is not the author, has to agree.";
  if (change.own.includes("artefact"))
    return "You are its author: somebody else has to agree to the override.";
  return "Its override waits for a second person: an SRE or a lead.";
}

function stateHint(change: Change, { mayApprove }: Asker): string | null {
  if (change.state === "approved")
    return "It is approved, and goes to production as planned while its gates let it.";
  if (change.state !== "load_passed")
    return "It is being proved: it can be approved once its load snapshot has passed.";
  if (change.own.includes("artefact"))
    return "You are its author: somebody else, an SRE or a lead, has to approve it.";
  if (!mayApprove) return "It waits for the approval of an SRE or a lead who is not its author.";
  return isApprovable(change) ? null : "It can be approved once every gate is open or overridden.";
}

function isApprovable(change: Change): boolean {
  return change.state === "load_passed" && closedOf(change).length === 0;
}

function isPending({ override }: Change): boolean {
  return override !== null && override.seconded_by === "";
}

function maySecond(change: Change): boolean {
  return isPending(change) && change.own.length === 0;
}
