import { options } from "./options";
import type { EventOptions, Payload } from "./types";

/** Bodies that have not arrived. They wait in memory: a tracker without cookies leaves nothing on the device. */
const waiting: string[] = [];

export function send(payload: Partial<Payload>, callback?: EventOptions["callback"]): void {
  payload.d = options.domain || location.hostname;
  if (options.hashBasedRouting) payload.h = 1;
  payload.id = `${Date.now()}${Math.random()}`;
  post(JSON.stringify(payload), callback);
}

/** Sends again what waits. An event that did arrive, its answer lost, counts once by its id. */
export function sendWaiting(): void {
  for (const body of waiting.splice(0)) post(body);
}

function post(body: string, callback?: EventOptions["callback"]): void {
  const MOST_WAITING = 50;
  // text/plain needs no preflight; keepalive lets the request outlive the page.
  fetch(options.endpoint as string, {
    method: "POST",
    headers: { "Content-Type": "text/plain" },
    keepalive: true,
    body,
  })
    .then(
      ({ status }) => ({ status }),
      (error: unknown) => ({ status: undefined, error }),
    )
    .then((result) => {
      // Not for what will never be taken: for no network, too many requests, a server that is not well.
      if ((result.status as number) < 429) sendWaiting();
      else if (waiting.length < MOST_WAITING) waiting.push(body);
      callback?.(result as { status: number });
    });
}
