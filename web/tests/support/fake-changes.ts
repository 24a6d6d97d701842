import type { Schema } from "../../src/api/client";
import { CHANGES, DELIVERY } from "./change-samples";
import { FakeServer, json } from "./fake-server";

type Change = Schema["ChangeView"];

const OVER = ["verified", "rejected", "expired", "rolled_back"];

/** The API of a system whose changes a test sets. */
export class FakeChanges extends FakeServer {
  changes: Change[] = structuredClone(CHANGES);
  delivery = structuredClone(DELIVERY);

  constructor() {
    super();
    this.on("GET /v1/changes", ({ query }) => json(this.#page(query)));
    this.on("POST /v1/changes", ({ body }) => json(this.#plan(body as Schema["NewChange"]), 201));
    this.on("GET /v1/delivery", () => json(this.delivery));
    for (const { id } of this.changes) this.#serve(id);
  }

  /** All in pages of three, so that who reads only the first one is found out. */
  #page(query: URLSearchParams): Schema["ChangeList"] {
    if (query.get("state") === "open") {
      return { changes: this.changes.filter(({ state }) => !OVER.includes(state)), next_cursor: null };
    }
    const start = this.changes.findIndex(({ id }) => id === query.get("cursor")) + 1;
    const changes = this.changes.slice(start, start + 3);
    return { changes, next_cursor: start + 3 < this.changes.length ? (changes.at(-1)?.id ?? null) : null };
  }

  #plan({ migrations_compatible: _, committers = [], demo = false, ...plan }: Schema["NewChange"]): Change {
    const fresh = {
      state: "planned",
      author: "ada",
      approval: null,
      override: null,
      own: [],
      gates: [],
      story: [],
      workflow: null,
    };
    const planned = { ...plan, ...fresh, committers, demo, id: "CHG-20261124T161000Z-ffff00" };
    this.changes.unshift(planned);
    this.#serve(planned.id);
    return planned;
  }

  #serve(id: string): void {
    const one = () => json(this.changes.find((change) => change.id === id));
    this.on(`GET /v1/changes/${id}`, one);
    for (const act of ["approve", "reject", "override", "override/second", "roll-back"]) {
      this.on(`POST /v1/changes/${id}/${act}`, one);
    }
  }
}
