import { useState } from "react";

export interface Change {
  by: number;
  /** Differs from change to change, so that each one can be shown anew. */
  turn: number;
}

/**
 * How much `value` moved the last time it did, while it stayed the answer to the same `subject`; null before that.
 */
export function useChange(value: number | null, subject: string): Change | null {
  const [seen, setSeen] = useState({ value, subject, change: null as Change | null });
  if (seen.subject !== subject) {
    setSeen({ value, subject, change: null });
    return null;
  }
  if (seen.value !== value) {
    const by = (value ?? 0) - (seen.value ?? 0);
    const change = { by, turn: (seen.change?.turn ?? 0) + 1 };
    setSeen({ value, subject, change });
    return change;
  }
  return seen.change;
}
