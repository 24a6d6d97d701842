import { Suspense } from "react";
import { Outlet } from "react-router";
import { PageSkeleton } from "../components/PageSkeleton";
import { OperationsNavigation } from "./Navigation";
import { Shell } from "./Shell";

/** The frame of the pages of operations, of which the address names one. */
export function OperationsPage() {
  return (
    <Shell pages={<OperationsNavigation />}>
      <Suspense fallback={<PageSkeleton heights={[480]} />}>
        <Outlet />
      </Suspense>
    </Shell>
  );
}
