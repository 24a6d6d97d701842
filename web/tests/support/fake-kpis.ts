import type { Schema } from "../../src/api/client";
import { FakeServer, json } from "./fake-server";
import { burnDownOf, decisionsOf, LIST } from "./kpi-samples";

const LEFT = [0.99, 0.97, 0.93, 0.8, 0.624];

/** The API of a system whose KPIs a test sets. */
export class FakeKpis extends FakeServer {
  list = structuredClone(LIST);

  constructor() {
    super();
    this.on("GET /v1/kpis", () => json(this.list));
    for (const { id } of this.list.kpis) {
      if (id !== "incidents") {
        this.on(`GET /v1/kpis/${id}/burndown`, () =>
          json(burnDownOf(this.kpi(id), LEFT, "2026-11-27T03:10:00Z")),
        );
      }
      this.on(`GET /v1/kpis/${id}/decisions`, ({ query }) =>
        json(this.#decisions(id, Number(query.get("limit")))),
      );
      this.on(`GET /v1/kpis/${id}/what-if`, ({ query }) =>
        json(this.#whatIf(id, Number(query.get("target")))),
      );
    }
  }

  kpi(id: string): Schema["KpiView"] {
    const found = this.list.kpis.find((kpi) => kpi.id === id);
    if (found === undefined) throw new Error(`there is no KPI ${id}`);
    return found;
  }

  set(id: string, change: Partial<Schema["KpiView"]>): void {
    Object.assign(this.kpi(id), change);
  }

  #decisions(id: string, limit: number): Schema["DecisionList"] {
    const decisions = decisionsOf(this.kpi(id), 30);
    return {
      decisions: decisions.slice(0, limit),
      next_cursor: limit < decisions.length ? "2026-11-23T11:00:00Z" : null,
    };
  }

  #whatIf(id: string, target: number): Schema["WhatIfView"] {
    const actual = this.kpi(id);
    const text = `${target}% of requests without a 5xx per calendar month`;
    const budget = actual.budget && { ...actual.budget, remaining: 0.2483 };
    const why = `Met: no more than the allowed share with a target of ${target}%.`;
    const supposed = { ...actual, target: { ...actual.target, number: target, text }, budget, why };
    return { kpi: id, at: actual.window.end, actual, supposed };
  }
}
