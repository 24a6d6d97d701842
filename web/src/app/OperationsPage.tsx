import { Suspense } from "react";
import { Outlet, useLocation } from "react-router";
import { Boundary } from "../components/Boundary";
import { PageFailure } from "../components/Failure";
import { NotYours } from "../components/NotYours";
import { PageSkeleton } from "../components/PageSkeleton";
import { inWords } from "../components/words";
import { rolesFor, useClaims, useIsOperator } from "../features/sign-in/roles";
import { OperationsNavigation, operationsPlace } from "./Navigation";
import { Shell } from "./Shell";

/** The frame of the pages of operations, of which the address names one. */
export function OperationsPage() {
  const isOperator = useIsOperator();
  return (
    <Shell pages={isOperator && <OperationsNavigation />}>{isOperator ? <Page /> : <Operators />}</Shell>
  );
}

function Page() {
  const place = operationsPlace(useLocation().pathname);
  const { groups } = useClaims();
  const allowed = place && rolesFor(place.shows);
  if (allowed && !allowed.some((role) => groups.includes(role))) {
    return (
      <NotYours title={place.label}>
        {place.label} is for {inWords(allowed)}. You have {inWords(groups)}.
      </NotYours>
    );
  }
  return (
    <Boundary fallback={PageFailure}>
      <Suspense fallback={<PageSkeleton heights={[480]} />}>
        <Outlet />
      </Suspense>
    </Boundary>
  );
}

function Operators() {
  return (
    <NotYours title="Operations">
      The pages of operations are for the people who run P09. What your organisation may see is under its
      sites.
    </NotYours>
  );
}
