import { watchElements } from "./elements";
import { enterPage, leavePage, watchEngagement } from "./engagement";
import { reasonToIgnore } from "./ignore";
import { on } from "./on";
import { readOptOut } from "./opt-out";
import { options } from "./options";
import { watchPages } from "./pages";
import { send, sendWaiting } from "./send";
import type { EventOptions, Payload } from "./types";

/** Sends an event, or says in the browser's console why not. */
export function track(name: string, event: EventOptions & { meta?: EventOptions["props"] } = {}): void {
  const isPageview = name === "pageview";
  if (isPageview) leavePage();
  const { customProperties: own, transformRequest } = options;
  let reason = reasonToIgnore(name);
  let payload: Payload | null | undefined;
  if (!reason) {
    payload = {
      n: name,
      u: event.u || event.url || location.href,
      r: document.referrer || null,
      p: { ...(typeof own === "function" ? own(name) : own), ...(event.props || event.meta) },
      $: event.revenue,
      i: event.interactive,
    };
    if (transformRequest) payload = transformRequest(payload);
    reason = "transformRequest";
  }
  if (isPageview) enterPage(payload || undefined);
  if (payload) {
    send(payload, event.callback);
  } else {
    // biome-ignore lint/suspicious/noConsole: the page's developer looks there first
    if (options.logging !== false) console.warn(`${name} ignored: ${reason}`);
    event.callback?.();
  }
}

/** Begins to count. */
export function start(): void {
  readOptOut();
  on("online", sendWaiting);
  watchEngagement();
  watchElements(track);
  if (options.autoCapturePageviews === false) return;
  watchPages(() => {
    track("pageview");
    if (!options.notFound) return;
    options.notFound = false; // the pages that an app goes to afterwards are not the server's answer
    const [load] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    if (load?.responseStatus === 404) track("404", { props: { path: location.pathname } });
  });
}
