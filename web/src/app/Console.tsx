import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Navigate, Route, Routes, useLocation } from "react-router";
import { createApi } from "../api/client";
import { ApiContext } from "../api/context";
import { PageSkeleton } from "../components/PageSkeleton";
import { useIsOperator } from "../features/sign-in/roles";
import { useSession } from "../features/sign-in/use-session";
import { OperationsPage } from "./OperationsPage";
import { createQueryClient } from "./query-client";
import { Shell } from "./Shell";
import { SitePage } from "./SitePage";

// A customer's person never comes to these, and need not fetch them.
const TodayPage = lazy(() => import("../features/today/TodayPage"));
const IncidentsPage = lazy(() => import("../features/incidents/IncidentsPage"));
const IncidentPage = lazy(() => import("../features/incidents/IncidentPage"));
const ReviewPage = lazy(() => import("../features/reviews/ReviewPage"));
const ChangesPage = lazy(() => import("../features/changes/ChangesPage"));
const ChangePage = lazy(() => import("../features/changes/ChangePage"));
const BackupsPage = lazy(() => import("../features/backups/BackupsPage"));
const DrillPage = lazy(() => import("../features/backups/DrillPage"));
const AnnouncementsPage = lazy(() => import("../features/announcements/AnnouncementsPage"));
const CalendarPage = lazy(() => import("../features/calendar/CalendarPage"));
const AccessPage = lazy(() => import("../features/access/AccessPage"));
const AuditPage = lazy(() => import("../features/audit/AuditPage"));
const KpisPage = lazy(() => import("../features/kpis/KpisPage"));

// Most people come to it once, or never.
const InvitationPage = lazy(() => import("../features/people/InvitationPage"));

/** Messages and evidence link to the pages of operations by these. */
const LINKED = [
  "/today",
  "/kpis",
  "/changes/*",
  "/incidents/*",
  "/reviews/*",
  "/announcements",
  "/calendar",
  "/backups/*",
  "/access",
  "/audit",
];

/** Everything behind the sign-in. Its cache ends with it: what one person saw is never shown to the next. */
export function Console() {
  const session = useSession();
  const [api] = useState(() => createApi(session));
  const [queries] = useState(createQueryClient);
  const isOperator = useIsOperator();
  return (
    <ApiContext value={api}>
      <QueryClientProvider client={queries}>
        <Routes>
          <Route path="/sites/:siteId/:page?" element={<SitePage />} />
          <Route path="/invitation" element={<Invited />} />
          {/* Who may open which of them is told by their frame. */}
          {!isOperator && <Route path="/operations/*" element={<OperationsPage />} />}
          {isOperator && (
            <Route path="/operations" element={<OperationsPage />}>
              <Route index element={<Navigate replace to="today" />} />
              <Route path="today" element={<TodayPage />} />
              <Route path="kpis" element={<KpisPage />} />
              <Route path="changes" element={<ChangesPage />} />
              <Route path="changes/:changeId" element={<ChangePage />} />
              <Route path="incidents" element={<IncidentsPage />} />
              <Route path="incidents/:incidentId" element={<IncidentPage />} />
              <Route path="reviews/:reviewId" element={<ReviewPage />} />
              <Route path="backups" element={<BackupsPage />} />
              <Route path="backups/:drillId" element={<DrillPage />} />
              <Route path="announcements" element={<AnnouncementsPage />} />
              <Route path="calendar" element={<CalendarPage />} />
              <Route path="access" element={<AccessPage />} />
              <Route path="audit" element={<AuditPage />} />
            </Route>
          )}
          {LINKED.map((path) => (
            <Route key={path} path={path} element={<ToOperations />} />
          ))}
          <Route path="*" element={<SitePage />} />
        </Routes>
      </QueryClientProvider>
    </ApiContext>
  );
}

function Invited() {
  return (
    <Shell>
      <Suspense fallback={<PageSkeleton heights={[240]} />}>
        <InvitationPage />
      </Suspense>
    </Shell>
  );
}

function ToOperations() {
  const { pathname, search } = useLocation();
  return <Navigate replace to={`/operations${pathname}${search}`} />;
}
