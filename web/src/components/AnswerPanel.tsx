import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { Panel, type PanelProps } from "./Panel";
import { ProblemAlert } from "./ProblemAlert";

interface Props<T> extends Omit<PanelProps, "children"> {
  /** Undefined until the first answer came; kept when a later one fails. */
  data: T | undefined;
  problem: Error | null;
  retry?: () => unknown;
  /** The page says already what went wrong. */
  isToldAlready?: boolean;
  /** Of the room that is held until the first answer. */
  height: number;
  children: (data: T) => ReactNode;
}

/** A panel with an answer of the API: room for it while it is on its way, what went wrong, and the answer. */
export function AnswerPanel<T>(props: Props<T>) {
  const { data, problem, retry, isToldAlready = false, height, isBusy = false, children, ...panel } = props;
  const isTold = problem !== null && !isToldAlready;
  return (
    <Panel {...panel} isBusy={isBusy || data === undefined}>
      {isTold && <ProblemAlert error={problem} onRetry={retry} />}
      {data !== undefined && children(data)}
      {data === undefined && !isTold && <Skeleton height={height} animate={problem === null} />}
    </Panel>
  );
}
