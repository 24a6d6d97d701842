import { vi } from "vitest";

export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

export type Handler = (request: Received) => Response | Promise<Response>;

/** Stands for everything that the app reaches by `fetch`: routes are added and replaced while a test runs. */
export class FakeServer {
  readonly received: Received[] = [];
  readonly #routes = new Map<string, Handler>();

  /** `route` is a method and a path, such as `GET /v1/sites`. */
  on(route: string, answer: Handler | object): this {
    this.#routes.set(route, typeof answer === "function" ? (answer as Handler) : () => json(answer));
    return this;
  }

  requestsTo(route: string): Received[] {
    return this.received.filter(({ method, path }) => `${method} ${path}` === route);
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input), window.location.origin);
    const request = input instanceof Request ? input : new Request(url, { ...init, signal: null });
    const text = await request.text();
    const received = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: bodyOf(text, request.headers),
    };
    this.received.push(received);
    const handler = this.#routes.get(`${received.method} ${received.path}`);
    return handler ? handler(received) : problem(404, `nothing answers ${received.method} ${url.pathname}`);
  };

  /** Takes the place of the browser's `fetch` until the test ends. */
  install(): this {
    vi.stubGlobal("fetch", this.fetch);
    return this;
  }
}

/** Forms as their text, everything else as JSON. */
function bodyOf(text: string, headers: Headers): unknown {
  if (headers.get("Content-Type")?.startsWith("application/x-www-form-urlencoded")) return text;
  return text === "" ? null : (JSON.parse(text) as unknown);
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

export function problem(status: number, detail: string, more: object = {}): Response {
  const document = { type: "about:blank", title: "Something is wrong", status, detail, ...more };
  return new Response(JSON.stringify(document), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
}

export function unreachable(): Promise<Response> {
  return Promise.reject(new TypeError("Failed to fetch"));
}
