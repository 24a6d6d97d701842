import type { ComponentType, ReactNode } from "react";
import { ErrorBoundary, type FallbackProps } from "react-error-boundary";
import { useLocation } from "react-router";
import { PartFailure } from "./Failure";

interface Props {
  /** Stands in place of what failed. */
  fallback?: ComponentType<FallbackProps>;
  children: ReactNode;
}

/** What fails in here takes nothing else with it: it says so, and can be tried again. Another address is another try. */
export function Boundary({ fallback = PartFailure, children }: Props) {
  const { pathname, search } = useLocation();
  return (
    <ErrorBoundary FallbackComponent={fallback} resetKeys={[pathname, search]}>
      {children}
    </ErrorBoundary>
  );
}
