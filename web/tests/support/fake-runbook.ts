import type { Schema } from "../../src/api/client";
import { FakeServer, json, problem } from "./fake-server";
import { evidenceOf, historyOf, runOf, TABLE } from "./runbook-samples";

type Summary = Schema["RunSummary"];

/** The API of a system whose tasks a test sets. */
export class FakeRunbook extends FakeServer {
  table = structuredClone(TABLE);
  readonly #runs = new Map<string, Summary[]>();

  constructor() {
    super();
    this.on("GET /v1/runbook", ({ query }) =>
      json({ ...this.table, date: query.get("date") ?? this.table.date }),
    );
    for (const { id, run, manual_runs } of this.table.tasks) {
      this.#runs.set(id, [...manual_runs, ...(run ? historyOf(run, 12) : [])]);
      this.on(`GET /v1/runbook/tasks/${id}/runs`, () => json({ runs: this.runs(id), next_cursor: null }));
      this.on(`POST /v1/runbook/tasks/${id}/runs`, ({ body }) => json(this.#request(id, body), 202));
      for (const each of this.runs(id)) this.#serve(each);
    }
  }

  runs(task: string): Summary[] {
    return this.#runs.get(task) ?? [];
  }

  #serve({ id, task }: Summary): void {
    this.on(`GET /v1/runbook/tasks/${task}/runs/${id}`, () => {
      const run = this.runs(task).find((each) => each.id === id);
      return run ? json(evidenceOf(run)) : problem(404, `${task} has no run ${id}`);
    });
  }

  #request(task: string, body: unknown): Summary {
    const { reason } = body as { reason: string };
    const started = { state: "requested", seconds: null, why: "", by: "ada", kind: "manual" } as const;
    const run = runOf(task, "2026-11-23T16:10:01Z", { ...started, reason });
    this.runs(task).unshift(run);
    this.#serve(run);
    return run;
  }
}
