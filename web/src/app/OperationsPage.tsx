import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Shell } from "./Shell";

// A customer's person never comes here, and need not fetch it.
const KpisPage = lazy(() => import("../features/kpis/KpisPage"));

export function OperationsPage() {
  return (
    <Shell>
      <Suspense fallback={<Skeleton height={480} role="status" aria-label="Loading" aria-busy="true" />}>
        <KpisPage />
      </Suspense>
    </Shell>
  );
}
