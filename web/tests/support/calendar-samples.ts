import type { Schema } from "../../src/api/client";

type Entry = Schema["EntryView"];

export const NOW = "2026-11-23T16:10:00Z";

export const UPGRADE: Entry = {
  id: "maintenance-0123456789ab",
  kind: "maintenance",
  state: "planned",
  title: "PostgreSQL 18 upgrade",
  reason: "The database is upgraded. Dashboards pause for a few minutes; events are kept and counted later.",
  start: "2026-11-26T22:00:00Z",
  end: "2026-11-27T00:00:00Z",
  components: ["analytics"],
  note: "",
  during: "",
  second_by: "",
  created_by: "grace",
  created_at: "2026-11-20T09:00:00Z",
  changed_by: "grace",
  changed_at: "2026-11-20T09:00:00Z",
};

export const FREEZE: Entry = {
  ...UPGRADE,
  id: "freeze-0123456789ab",
  kind: "freeze",
  state: "active",
  title: "Black Friday",
  reason: "Customers' busiest days.",
  start: "2026-11-20T00:00:00Z",
  end: "2026-12-01T06:00:00Z",
  components: [],
  created_by: "linus",
};

export const ENDED: Entry = {
  ...UPGRADE,
  id: "maintenance-00000000000e",
  state: "ended",
  title: "Valkey 9 failover",
  start: "2026-11-11T03:00:00Z",
  end: "2026-11-11T04:00:00Z",
  note: "Ended early: it took ten minutes.",
  during: "",
  second_by: "",
};

export const ENTRIES: Entry[] = [ENDED, FREEZE, UPGRADE];
