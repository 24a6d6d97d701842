import { useState } from "react";

/** Keeps a problem until an answer came: a query forgets it with every new attempt, and a message would blink. */
export function useLastProblem(error: Error | null, isAnswered: boolean): Error | null {
  const [problem, setProblem] = useState(error);
  const latest = error ?? (isAnswered ? null : problem);
  if (latest !== problem) setProblem(latest);
  return latest;
}
