import { type Act, type Drill, hasEnded } from "./drills";

export interface Asker {
  maySign: boolean;
  mayAbort: boolean;
}

/** What is offered to a person. Whether it is allowed, the API decides. */
export function actsOf(drill: Drill, { maySign, mayAbort }: Asker): Act[] {
  const acts: Act[] = [];
  if (drill.status === "waiting for sign-off" && maySign && !drill.own) {
    acts.push("sign", "reject");
  }
  if (drill.status === "waiting for promotion" && maySign) acts.push("promote", "discard");
  if (mayAbort && !hasEnded(drill)) acts.push("abort");
  return acts;
}

/** Whom a drill waits for, for who is not offered the decision. */
export function waitsFor(drill: Drill, { maySign }: Asker): string | null {
  if (drill.status === "waiting for promotion") {
    return maySign ? null : "It waits for a DBA to put the restored database into its place.";
  }
  if (drill.status !== "waiting for sign-off") return null;
  if (drill.own) return "You started it: it waits for the sign-off of another DBA.";
  return maySign ? null : "It waits for the sign-off of a DBA who did not start it.";
}
