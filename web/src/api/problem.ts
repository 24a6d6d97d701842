/** A problem document (RFC 9457) as the person sees it, whoever wrote it: the API, Cognito or the network. */
export interface ProblemItem {
  where: string | null;
  detail: string;
}

export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly title: string;
  readonly items: readonly ProblemItem[];

  constructor(problem: { status: number; title: string; detail: string; items?: readonly ProblemItem[] }) {
    super(problem.detail);
    this.status = problem.status;
    this.title = problem.title;
    this.items = problem.items ?? [];
  }

  /** What a client did wrong stays wrong when it is sent again; 0 means that no answer came at all. */
  get isWorthRetrying(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an API call, or a `ProblemError` that says what went wrong. */
export async function answered<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call.catch(unreachable);
  if (data === undefined) throw problemOf(response.status, error);
  return data;
}

/** A call whose answer is empty: it is over, or a `ProblemError` says what went wrong. */
export async function done(call: Promise<{ error?: unknown; response: Response }>): Promise<void> {
  const { error, response } = await call.catch(unreachable);
  if (!response.ok) throw problemOf(response.status, error);
}

export function unreachable(cause: unknown): never {
  if (cause instanceof ProblemError) throw cause;
  throw new ProblemError({
    status: 0,
    title: "The server can’t be reached",
    detail: "No answer came. Check the network connection and try again.",
  });
}

/** Reads a body as a problem document. A proxy in between may answer with anything, so nothing is assumed. */
export function problemOf(status: number, body: unknown): ProblemError {
  const document = isRecord(body) ? body : {};
  return new ProblemError({
    status,
    title: text(document.title) ?? "The request failed",
    detail: text(document.detail) ?? `The server answered with status ${status} and gave no reason.`,
    items: items(document.errors),
  });
}

/** What a problem says of each field of a form, by the field's name; all of it, where there are several values in a field. */
export function fieldsOf(problem: Error | null): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { where, detail } of problem instanceof ProblemError ? problem.items : []) {
    const path = pathOf(where);
    const name = path[0] ?? "";
    const said = withoutPath(detail, path);
    fields[name] = name in fields ? `${fields[name]}; ${said}` : said;
  }
  return fields;
}

/** Where a pointer such as `#/gates/0` leads. */
function pathOf(pointer: string | null): string[] {
  return pointer?.replace(/^#?\//, "").split("/") ?? [];
}

/** Details begin with the path that they are of, such as `gates.0: `; at the field it is seen. */
function withoutPath(detail: string, path: readonly string[]): string {
  const prefix = `${path.join(".")}: `;
  return detail.startsWith(prefix) ? detail.slice(prefix.length) : detail;
}

function items(errors: unknown): ProblemItem[] {
  if (!Array.isArray(errors)) return [];
  return errors.filter(isRecord).flatMap((error) => {
    const detail = text(error.detail);
    return detail === null ? [] : [{ where: text(error.pointer) ?? text(error.parameter), detail }];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
