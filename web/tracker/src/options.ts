import type { Options } from "./types";

/** What this page's tracker does: from its tag, or from init(). */
export const options: Options = {};

/** What tells one page from another. */
export function currentPage(): string {
  return location.pathname + (options.hashBasedRouting ? location.hash : "");
}
