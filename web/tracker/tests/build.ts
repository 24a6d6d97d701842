import { resolve } from "node:path";
import { build } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The script as pages load it. */
    trackerScript: string;
    /** The module as applications bundle it. */
    trackerModule: string;
  }
}

const CONFIG = resolve(import.meta.dirname, "../vite.config.ts");

async function bundle(mode: string): Promise<string> {
  const [built] = [await build({ configFile: CONFIG, mode, build: { write: false } })].flat();
  if (!built || !("output" in built)) throw new Error(`${mode}: nothing was built`);
  return built.output[0].code;
}

/** Tests load what is built, not its sources. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide("trackerScript", await bundle("script"));
  project.provide("trackerModule", await bundle("index"));
}
