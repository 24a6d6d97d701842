import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, Suspense, useState } from "react";
import { Navigate, Route, Routes, useLocation } from "react-router";
import { createApi } from "../api/client";
import { ApiContext } from "../api/context";
import { Boundary } from "../components/Boundary";
import { PageFailure } from "../components/Failure";
import { lazily } from "../components/lazily";
import { NotFound } from "../components/NotFound";
import { PageSkeleton } from "../components/PageSkeleton";
import { useIsOperator } from "../features/sign-in/roles";
import { useSession } from "../features/sign-in/use-session";
import { OperationsPage } from "./OperationsPage";
import { createQueryClient } from "./query-client";
import { Shell } from "./Shell";
import { SitePage } from "./SitePage";

// A customer's person never comes to these, and need not fetch them.
const TodayPage = lazily(() => import("../features/today/TodayPage"));
const IncidentsPage = lazily(() => import("../features/incidents/IncidentsPage"));
const IncidentPage = lazily(() => import("../features/incidents/IncidentPage"));
const ReviewPage = lazily(() => import("../features/reviews/ReviewPage"));
const ChangesPage = lazily(() => import("../features/changes/ChangesPage"));
const ChangePage = lazily(() => import("../features/changes/ChangePage"));
const BackupsPage = lazily(() => import("../features/backups/BackupsPage"));
const DrillPage = lazily(() => import("../features/backups/DrillPage"));
const AnnouncementsPage = lazily(() => import("../features/announcements/AnnouncementsPage"));
const CalendarPage = lazily(() => import("../features/calendar/CalendarPage"));
const AccessPage = lazily(() => import("../features/access/AccessPage"));
const AuditPage = lazily(() => import("../features/audit/AuditPage"));
const KpisPage = lazily(() => import("../features/kpis/KpisPage"));

// Most people come to these once, or never.
const AccountPage = lazily(() => import("../features/sign-in/AccountPage"));
const InvitationPage = lazily(() => import("../features/people/InvitationPage"));

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
          <Route path="/invitation" element={<Alone page={<InvitationPage />} />} />
          <Route path="/account" element={<Alone page={<AccountPage />} />} />
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
              <Route path="*" element={<NotFound />} />
            </Route>
          )}
          {LINKED.map((path) => (
            <Route key={path} path={path} element={<ToOperations />} />
          ))}
          <Route path="/" element={<SitePage />} />
          <Route path="*" element={<Alone page={<NotFound />} />} />
        </Routes>
      </QueryClientProvider>
    </ApiContext>
  );
}

/** A page of no site and of no operation. */
function Alone({ page }: { page: ReactNode }) {
  return (
    <Shell>
      <Boundary fallback={PageFailure}>
        <Suspense fallback={<PageSkeleton heights={[240]} />}>{page}</Suspense>
      </Boundary>
    </Shell>
  );
}

function ToOperations() {
  const { pathname, search } = useLocation();
  return <Navigate replace to={`/operations${pathname}${search}`} />;
}
