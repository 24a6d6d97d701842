import type { Schema } from "../../src/api/client";
import { FakeServer, json, type Received } from "./fake-server";
import { OUTAGE, PAST, REVIEW, TASK, TIMELINE } from "./incident-samples";
import { TABLE } from "./runbook-samples";

type Incident = Schema["IncidentView"];

/** The API of a system whose incidents and reviews a test sets. */
export class FakeIncidents extends FakeServer {
  incidents: Incident[] = structuredClone([OUTAGE, TASK, ...PAST]);
  review = structuredClone(REVIEW);

  constructor() {
    super();
    this.on("GET /v1/incidents", ({ query }) => json(this.#page(query)));
    this.on("POST /v1/incidents", ({ body }) => json(this.#open(body as Schema["OpenIncident"]), 201));
    for (const { id } of this.incidents) this.#serve(id);
    this.on("GET /v1/runbook", TABLE);
    this.on("GET /v1/reviews", () => json({ reviews: [this.review], next_cursor: null }));
    this.on(`GET /v1/reviews/${this.review.id}`, () => json(this.review));
    this.on(`PATCH /v1/reviews/${this.review.id}`, (request) => this.#review(request));
    this.on(`POST /v1/reviews/${this.review.id}/close`, () => json(this.review));
    this.on(`POST /v1/reviews/${this.review.id}/actions`, () => json(this.review, 201));
    for (const { id } of this.review.actions) {
      this.on(`PATCH /v1/reviews/${this.review.id}/actions/${id}`, () => json(this.review));
    }
  }

  /** In pages of three, so that who reads only the first one is found out. */
  #page(query: URLSearchParams): Schema["IncidentList"] {
    const wanted = this.incidents.filter(
      ({ state }) => query.get("state") !== "open" || state !== "resolved",
    );
    const start = wanted.findIndex(({ id }) => id === query.get("cursor")) + 1;
    const incidents = wanted.slice(start, start + 3);
    return { incidents, next_cursor: start + 3 < wanted.length ? (incidents.at(-1)?.id ?? null) : null };
  }

  #open({ title, severity, customer_impacting }: Schema["OpenIncident"]): Schema["IncidentDetail"] {
    const opened = {
      ...TASK,
      id: "INC-20261123-161000-9999",
      title,
      severity: severity ?? "ticket",
      customer_impacting: customer_impacting ?? false,
    };
    this.incidents.unshift(opened);
    this.#serve(opened.id);
    return { ...opened, timeline: [] };
  }

  #serve(id: string): void {
    const detail = () => json({ ...this.incidents.find((each) => each.id === id), timeline: TIMELINE });
    this.on(`GET /v1/incidents/${id}`, detail);
    for (const act of ["acknowledge", "updates", "merge", "resolve", "reopen"]) {
      this.on(`POST /v1/incidents/${id}/${act}`, detail);
    }
  }

  #review({ body }: Received): Response {
    Object.assign(this.review, body);
    return json(this.review);
  }
}
