import type { Schema } from "../../src/api/client";

type Credential = Schema["CredentialView"];

export const NOW = "2026-11-23T16:10:00Z";

export const ACTIVE: Credential = {
  id: "0tp0fa79jw5z",
  role: "p09_temp_0tp0fa79jw5z",
  by: "grace",
  own: false,
  reason: "Look into slow funnel queries of one customer",
  access: "read",
  state: "active",
  break_glass: false,
  approved_by: "",
  issued_at: "2026-11-23T15:40:00Z",
  expires_at: "2026-11-23T16:40:00Z",
  ended_at: null,
  ended_why: "",
};

export const BROKEN_GLASS: Credential = {
  ...ACTIVE,
  id: "0tp0fa79aaaa",
  role: "p09_temp_0tp0fa79aaaa",
  by: "linus",
  reason: "INC-20261123-155200-a1b2: stuck vacuum blocks the worker",
  access: "write",
  break_glass: true,
  issued_at: "2026-11-23T16:05:00Z",
  expires_at: "2026-11-23T16:20:30Z",
};

export const ENDED: Credential = {
  ...ACTIVE,
  id: "0tp0fa600000",
  role: "p09_temp_0tp0fa600000",
  state: "ended",
  issued_at: "2026-11-22T09:00:00Z",
  expires_at: "2026-11-22T10:00:00Z",
  ended_at: "2026-11-22T09:20:00Z",
  ended_why: "ended by person:grace",
};

export const PASSWORD = "Zk3rT9wQ1xYb8LmN2pVs7cDf4gHj6aEu";

export const MADE: Schema["MadeCredential"] = {
  ...ACTIVE,
  id: "0tp0fa7bbbbb",
  role: "p09_temp_0tp0fa7bbbbb",
  by: "ada",
  own: true,
  issued_at: NOW,
  expires_at: "2026-11-23T16:55:00Z",
  password: PASSWORD,
  host: "db.internal",
  port: 5432,
  database: "p09",
};

export const PERMISSIONS: Schema["PermissionView"][] = [
  {
    method: "GET",
    path: "/v1/kpis",
    summary: "All KPIs",
    roles: ["P09-Auditor", "P09-DBA", "P09-Developer", "P09-Lead", "P09-SRE"],
  },
  {
    method: "POST",
    path: "/v1/dead-letters/replay",
    summary: "Put dead letters back into the stream",
    roles: ["P09-SRE"],
  },
];
