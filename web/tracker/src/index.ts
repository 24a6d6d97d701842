import { options } from "./options";
import { start, track as trackEvent } from "./tracker";
import type { EventOptions, Options } from "./types";

export type { EventOptions, Options, Payload, Properties, Revenue } from "./types";

/** Begins to count, once for a page. `endpoint` is the address of P09 with `/api/event`. */
export function init(chosen: Options & { domain: string; endpoint: string }): void {
  if (options.endpoint) throw new Error("init() was called before");
  Object.assign(options, chosen);
  start();
  if (chosen.bindToWindow !== false) window.plausible = Object.assign(trackEvent, { l: true });
}

/** Sends an event. */
export function track(name: string, event?: EventOptions): void {
  if (!options.endpoint) throw new Error("call init() before track()");
  trackEvent(name, event);
}
