import type { Schema } from "../../src/api/client";
import { SHOP } from "./fake-analytics";

type Row = Schema["AuditRow"];

/** Row `sequence` of an organisation's chain. */
export function rowOf(sequence: number, more: Partial<Row> = {}): Row {
  return {
    organisation_id: SHOP.organisation_id,
    sequence,
    id: `00000000-0000-4000-8000-${String(sequence).padStart(12, "0")}`,
    at: `2026-11-23T16:00:${String(sequence % 60).padStart(2, "0")}.250000Z`,
    done_at: `2026-11-23T16:00:${String(sequence % 60).padStart(2, "0")}.250000Z`,
    outcome: "done",
    actor: "person:grace",
    action: "key.revoke",
    subject: "key/7f1c",
    before: { revoked_at: null },
    after: { prefix: "p09w_ab12" },
    reason: null,
    origin: "192.0.2.7",
    request_id: `request-${sequence}`,
    previous: "a".repeat(64),
    hash: "b".repeat(64),
    ...more,
  };
}

export const REPLAY = rowOf(4, {
  actor: "person:linus",
  action: "replay_dead_letters",
  subject: "/v1/dead-letters/replay",
  reason: "The parser was mended",
});

export const ROWS: Row[] = [rowOf(5), REPLAY, rowOf(3), rowOf(2), rowOf(1)];
