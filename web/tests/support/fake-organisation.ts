import type { Schema } from "../../src/api/client";
import { SHOP } from "./fake-analytics";
import { FakeServer, json, problem } from "./fake-server";

export const ADA = "7f1c0000-0000-4000-8000-0000000000ad";
export const GRACE = "7f1c0000-0000-4000-8000-0000000000ce";
export const TOKEN = `p09i_${"x".repeat(43)}`;
export const SECRET = `p09w_cd34_${"s".repeat(32)}`;

const AT = `/v1/organisations/${SHOP.organisation_id}`;
const MADE_AT = "2026-11-20T09:00:00Z";

type Member = Schema["MemberView"];
type Invitation = Schema["InvitationView"];
type Key = Schema["KeyView"];

export const INVITATION: Invitation = {
  id: "00000000-0000-4000-8000-00000000001a",
  organisation_id: SHOP.organisation_id,
  role: "viewer",
  label: "linus@shop.example",
  created_at: MADE_AT,
  expires_at: "2026-11-27T09:00:00Z",
};

export const WRITE_KEY: Key = {
  key_id: "00000000-0000-4000-8000-00000000002a",
  kind: "ingest",
  prefix: "p09w_ab12",
  created_at: MADE_AT,
  revoked_at: null,
  expires_at: null,
  last_used_at: "2026-11-23T16:05:00Z",
};

export const ENDING_KEY: Key = {
  ...WRITE_KEY,
  key_id: "00000000-0000-4000-8000-00000000002b",
  prefix: "p09w_0old",
  expires_at: "2026-11-24T08:00:00Z",
};

export const REVOKED_KEY: Key = {
  ...WRITE_KEY,
  key_id: "00000000-0000-4000-8000-00000000002c",
  kind: "read",
  prefix: "p09r_ef56",
  revoked_at: "2026-11-21T10:00:00Z",
  last_used_at: null,
};

/** The API of a system with one organisation and one site, whose people and keys a test sets. */
export class FakeOrganisation extends FakeServer {
  members: Member[] = [
    { subject: ADA, role: "owner", created_at: MADE_AT, label: "" },
    { subject: GRACE, role: "editor", created_at: MADE_AT, label: "Grace" },
  ];
  invitations: Invitation[] = [INVITATION];
  keys: Key[] = [REVOKED_KEY, ENDING_KEY, WRITE_KEY];

  constructor() {
    super();
    this.on("GET /v1/organisations", {
      organisations: [{ organisation_id: SHOP.organisation_id, name: "Northwind", role: "owner" }],
    });
    this.on(`GET ${AT}/members`, () => json({ members: this.members }));
    for (const { subject } of this.members) this.#serveMember(subject);
    this.on(`GET ${AT}/invitations`, () => json({ invitations: this.invitations }));
    this.on(`POST ${AT}/invitations`, ({ body }) => json(this.#invite(body as Schema["NewInvitation"]), 201));
    this.on(`DELETE ${AT}/invitations/${INVITATION.id}`, () => {
      this.invitations = [];
      return nothing();
    });
    this.on("GET /v1/sites/1/keys", () => json({ keys: this.keys }));
    this.on("POST /v1/sites/1/keys", ({ body }) => json(this.#make(body as Schema["NewKey"]), 201));
    for (const { key_id } of this.keys) this.#serveKey(key_id);
  }

  #serveMember(subject: string): void {
    this.on(`PUT ${AT}/members/${subject}`, ({ body }) => {
      const { role } = body as Schema["NewRole"];
      const isLast = this.members.every((each) => each.role !== "owner" || each.subject === subject);
      if (isLast && role !== "owner") return problem(409, "an organisation needs an owner");
      this.members = this.members.map((each) => (each.subject === subject ? { ...each, role } : each));
      return json({ role });
    });
    this.on(`DELETE ${AT}/members/${subject}`, () => {
      this.members = this.members.filter((each) => each.subject !== subject);
      return nothing();
    });
  }

  #invite({ role, label }: Schema["NewInvitation"]): Schema["MadeInvitation"] {
    const made = { ...INVITATION, id: "00000000-0000-4000-8000-00000000001b", role, label };
    this.invitations = [...this.invitations, made];
    return { ...made, token: TOKEN };
  }

  #make({ kind }: Schema["NewKey"]): Schema["MadeKey"] {
    const prefix = kind === "ingest" ? "p09w_cd34" : "p09r_cd34";
    const made = {
      ...WRITE_KEY,
      key_id: `00000000-0000-4000-8000-0000000000${this.keys.length}f`,
      kind,
      prefix,
    };
    this.keys = [...this.keys, { ...made, last_used_at: null }];
    return { ...made, key: SECRET };
  }

  #serveKey(id: string): void {
    this.on(`POST /v1/sites/1/keys/${id}/rotation`, () => {
      this.keys = this.keys.map((key) =>
        key.key_id === id ? { ...key, expires_at: "2026-11-24T16:10:00Z" } : key,
      );
      return json(this.#make({ kind: "ingest" }), 201);
    });
    this.on(`DELETE /v1/sites/1/keys/${id}`, () => {
      this.keys = this.keys.map((key) =>
        key.key_id === id ? { ...key, revoked_at: "2026-11-23T16:10:00Z" } : key,
      );
      return nothing();
    });
  }
}

function nothing(): Response {
  return new Response(null, { status: 204 });
}
