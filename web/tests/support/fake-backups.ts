import type { Schema } from "../../src/api/client";
import * as samples from "./backup-samples";
import { FakeServer, json } from "./fake-server";

type Drill = Schema["DrillView"];

/** The API of a system whose backups and drills a test sets. */
export class FakeBackups extends FakeServer {
  backups = structuredClone(samples.BACKUPS);
  drills: Drill[] = structuredClone([
    samples.RUNNING,
    samples.WAITING,
    samples.FAILED,
    samples.PASSED,
    samples.SIGNED,
  ]);
  readonly steps: Record<string, Schema["StepView"][]> = {
    [samples.RUNNING.id]: structuredClone(samples.RUNNING_STEPS),
    [samples.FAILED.id]: structuredClone(samples.FAILED_STEPS),
  };

  constructor() {
    super();
    this.on("GET /v1/backups", () => json(this.backups));
    this.on("GET /v1/drills", ({ query }) => json(this.#page(Number(query.get("limit")))));
    this.on("GET /v1/drills/marks", { marks: [samples.MARKED] });
    this.on("GET /v1/drills/plan", ({ query }) => json(this.#plan(query)));
    this.on("POST /v1/drills", ({ body }) => json(this.#start(body as Schema["StartDrill"]), 202));
    for (const { id } of this.drills) this.serve(id);
  }

  serve(id: string): void {
    this.on(`GET /v1/drills/${id}`, () =>
      json({ ...this.drills.find((each) => each.id === id), steps: this.steps[id] ?? samples.STEPS }),
    );
    this.on(`GET /v1/drills/${id}/preview`, samples.PREVIEW);
    for (const act of ["sign-off", "promote", "abort"]) {
      this.on(`POST /v1/drills/${id}/${act}`, { id, status: act });
    }
  }

  #page(limit: number): Schema["DrillList"] {
    return {
      drills: this.drills.slice(0, limit),
      next_cursor: this.drills.length > limit ? "20261103T101500Z#more" : null,
    };
  }

  #plan(query: URLSearchParams): Schema["DrillPlan"] {
    const to = query.get("to");
    const kind = query.get("kind") as Drill["kind"];
    const isProved = kind !== "restore" || to === null;
    return {
      ...samples.PLAN,
      kind,
      to,
      warnings: isProved ? [] : ["Its content can't be proved, only checked."],
    };
  }

  /** As the real one, whose workflow writes the drill a moment later. */
  #start({ kind = "drill" }: Schema["StartDrill"]): Schema["Started"] {
    return { id: `${kind}-20261124T163000Z-beef`, status: "running" };
  }
}
