import { type Act, type Drill, hasEnded } from "./drills";

export interface Asker {
  maySign: boolean;
  mayPoint: boolean;
  mayAbort: boolean;
}

/** What is offered to a person. Whether it is allowed, the API decides. */
export function actsOf(drill: Drill, { maySign, mayPoint, mayAbort }: Asker): Act[] {
  const acts: Act[] = [];
  if (drill.status === "waiting for sign-off" && maySign && !drill.own) {
    acts.push("sign", "reject");
  }
  if (isValidated(drill) && mayPoint && drill.staging === "") acts.push("point");
  if (drill.status === "waiting for promotion" && maySign) acts.push("promote", "discard");
  if (mayAbort && !hasEnded(drill)) acts.push("abort");
  return acts;
}

/** Whether staging can answer from it: a drill destroys its database before anybody signs it off. */
function isValidated({ kind, status }: Drill): boolean {
  return kind === "restore" && status === "waiting for sign-off";
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
