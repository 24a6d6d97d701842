import { on } from "./on";
import { send } from "./send";
import type { Payload } from "./types";

let page: Payload | undefined;
let since = 0; // when somebody began to look at it; 0 while nobody does
let engaged = 0;
let told = 0;
let deepest = 0;

/** Measures how long a page is looked at, and how far it is scrolled. */
export function watchEngagement(): void {
  on("visibilitychange blur focus", () => {
    if (document.hidden || !document.hasFocus()) leavePage();
    else since ||= Date.now();
  });
  on("scroll", measureDepth);
}

/** Before a pageview: what is still to be told of the page before. */
export function leavePage(): void {
  const LEAST_MS = 3000; // less than that is told only together with a scroll depth that grew
  if (since) engaged += Date.now() - since;
  since = 0;
  if (page && (deepest > told || engaged >= LEAST_MS)) {
    const height = document.scrollingElement?.scrollHeight as number;
    const sd = Math.round(Math.min(deepest / height, 1) * 100);
    send({ n: "engagement", u: page.u, p: page.p, e: engaged, sd });
    told = deepest;
    engaged = 0;
  }
}

/** After a pageview: its page is measured from now on; one that was ignored is not. */
export function enterPage(next: Payload | undefined): void {
  page = next;
  told = engaged = deepest = 0;
  since = Date.now();
  measureDepth();
}

function measureDepth(): void {
  deepest = Math.max(deepest, scrollY + innerHeight);
}
