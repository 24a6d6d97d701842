import { useSearchParams } from "react-router";

/** Which rows; null is any. Moments are `2026-11-23T16:10:00Z`. */
export interface Filter {
  actor: string | null;
  action: string | null;
  subject: string | null;
  since: string | null;
  until: string | null;
  /** The rows before this number. */
  before: string | null;
}

const NAMES = ["actor", "action", "subject", "since", "until", "before"] as const;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

export const NO_FILTER: Filter = {
  actor: null,
  action: null,
  subject: null,
  since: null,
  until: null,
  before: null,
};

/** What the page's address says, so that a link shows another person the same rows. */
export function useFilter(): [Filter, (filter: Filter) => void] {
  const [params, setParams] = useSearchParams();
  const go = (filter: Filter) =>
    setParams((before) => {
      const after = new URLSearchParams(before);
      for (const name of NAMES) {
        const value = filter[name];
        if (value === null) after.delete(name);
        else after.set(name, value);
      }
      return after;
    });
  return [filterOf(params), go];
}

/** What the API would not take is left out: an address is typed, and shortened, by people. */
function filterOf(params: URLSearchParams): Filter {
  const text = (name: string) => params.get(name)?.trim() || null;
  const moment = (name: string) => {
    const value = text(name);
    return value !== null && MOMENT.test(value) && !Number.isNaN(Date.parse(value)) ? value : null;
  };
  const before = text("before");
  return {
    actor: text("actor"),
    action: text("action"),
    subject: text("subject"),
    since: moment("since"),
    until: moment("until"),
    before: before !== null && /^[1-9]\d{0,15}$/.test(before) ? before : null,
  };
}

export function queryOf({ actor, action, subject, since, until }: Filter) {
  return {
    ...(actor && { actor }),
    ...(action && { action }),
    ...(subject && { subject }),
    ...(since && { since }),
    ...(until && { until }),
  };
}

export function isFiltering(filter: Filter): boolean {
  return NAMES.some((name) => filter[name] !== null);
}
