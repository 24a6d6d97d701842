import { useEffect, useEffectEvent, useRef } from "react";
import type { Stats } from "./use-stats";

/** Calls back when the answer to one and the same question became another one. */
export function useOnChange(stats: Stats | undefined, onChange: () => void): void {
  const before = useRef(stats);
  const notify = useEffectEvent(onChange);
  useEffect(() => {
    const isSameQuestion = stats !== undefined && before.current?.subject === stats.subject;
    if (isSameQuestion && before.current !== stats) notify();
    before.current = stats;
  }, [stats]);
}
