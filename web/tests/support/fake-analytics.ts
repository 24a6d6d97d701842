import type { Schema } from "../../src/api/client";
import type { Site } from "../../src/features/sites/sites";
import type { Dimension } from "../../src/features/traffic/breakdowns";
import { FakeServer, json, type Received } from "./fake-server";

export const SHOP: Site = {
  site_id: "1",
  name: "Shop",
  domain: "shop.example",
  timezone: "Europe/Berlin",
  organisation_id: "00000000-0000-4000-8000-000000000001",
};
export const BLOG: Site = { ...SHOP, site_id: "2", name: "Blog", domain: "blog.example" };

type Query = Schema["Query"];
type Totals = Partial<Record<Query["metrics"][number], number>>;

/** The API of a system with two sites, whose numbers a test sets. */
export class FakeAnalytics extends FakeServer {
  totals: Totals = {};
  everHadEvents = true;
  leftOut: Pick<Schema["Meta"], "bots" | "excluded"> = { bots: { visitors: 0, events: 0 }, excluded: {} };
  breakdowns: Partial<Record<Dimension, [value: string, visitors: number, pageviews: number][]>> = {};
  buckets: [label: string, visitors: number][] = [];

  constructor(sites: Site[] = [SHOP, BLOG]) {
    super();
    this.on("GET /v1/sites", { sites, next_cursor: null });
    this.belongsTo("owner");
    for (const { site_id } of sites) this.on(`GET /v1/sites/${site_id}/live`, { visitors: 3 });
    this.answerQueries();
  }

  /** What the person who is signed in is in the organisation of the sites. */
  belongsTo(role: Schema["MemberView"]["role"]): void {
    const organisation_id = SHOP.organisation_id;
    const member = { subject: "ada", role, created_at: "2026-11-20T09:00:00Z", label: "" };
    this.on("GET /v1/organisations", { organisations: [{ organisation_id, name: "Northwind", role }] });
    this.on(`GET /v1/organisations/${organisation_id}/members`, { members: [member] });
  }

  answerQueries(): void {
    this.on("POST /v1/query", ({ body }: Received) => json(this.#answer(body as Query)));
  }

  /** Refuses the queries by a dimension, and answers the others. */
  refuse(dimension: Dimension, refusal: () => Response): void {
    this.on("POST /v1/query", ({ body }: Received) =>
      (body as Query).dimensions?.includes(dimension) ? refusal() : json(this.#answer(body as Query)),
    );
  }

  queries(): Query[] {
    return this.requestsTo("POST /v1/query").map(({ body }) => body as Query);
  }

  #answer(query: Query): Schema["Answer"] {
    const dimension = query.dimensions?.[0];
    if (dimension === undefined) return { results: [this.#total(query)], meta: this.leftOut, query: {} };
    if (!isTime(dimension)) {
      const rows = this.breakdowns[dimension as Dimension] ?? [];
      const results = rows.map(([value, ...metrics]) => ({ metrics, dimensions: [value] }));
      const meta = { ...this.leftOut, total_rows: results.length };
      const { dimensions } = query;
      return { results: results.slice(0, query.pagination?.limit), meta, query: { dimensions } };
    }
    const resolved = dimension === "time" ? "time:month" : dimension;
    const results = this.buckets.map(([label, visitors]) => ({
      metrics: query.metrics.map((metric) => (metric === "visitors" ? visitors : 0)),
      dimensions: [label],
    }));
    const meta = { ...this.leftOut, time_labels: this.buckets.map(([label]) => label) };
    return { results, meta, query: { dimensions: [resolved] } };
  }

  #total(query: Query): Schema["Row"] {
    const totals: Totals = { events: Number(this.everHadEvents), ...this.totals };
    return { metrics: query.metrics.map((metric) => totals[metric] ?? 0), dimensions: [] };
  }
}

function isTime(name: string): name is "time" | `time:${string}` {
  return name.startsWith("time");
}
