import { useEffect, useRef } from "react";
import { Link, NavLink, useLocation } from "react-router";
import { useMayAsMember } from "../features/people/people";
import { type Route, rolesFor, useClaims } from "../features/sign-in/roles";
import type { Site } from "../features/sites/sites";
import classes from "./Navigation.module.css";

const PLACES = [
  { label: "Traffic", to: "/", isHere: (path: string) => !path.startsWith("/operations") },
  { label: "Operations", to: "/operations", isHere: (path: string) => path.startsWith("/operations") },
];

interface Place {
  label: string;
  to: string;
  /** Whether addresses below it are other places. */
  end?: boolean;
}

interface OperationsPlace extends Place {
  /** What it shows: it is for whom the API answers that. */
  shows: Route;
}

const OPERATIONS: readonly OperationsPlace[] = [
  { label: "Today", to: "/operations/today", shows: "GET /v1/runbook" },
  { label: "KPIs", to: "/operations/kpis", shows: "GET /v1/kpis" },
  { label: "Changes", to: "/operations/changes", shows: "GET /v1/changes" },
  { label: "Incidents", to: "/operations/incidents", shows: "GET /v1/incidents" },
  { label: "Announcements", to: "/operations/announcements", shows: "GET /v1/announcements" },
  { label: "Calendar", to: "/operations/calendar", shows: "GET /v1/calendar" },
  { label: "Backups", to: "/operations/backups", shows: "GET /v1/backups" },
  { label: "Access", to: "/operations/access", shows: "GET /v1/access/roles" },
  { label: "Audit", to: "/operations/audit", shows: "GET /v1/audit" },
];

/** The page of operations that stands at an address or above it. */
export function operationsPlace(path: string): OperationsPlace | undefined {
  return OPERATIONS.find(({ to }) => path === to || path.startsWith(`${to}/`));
}

/** From one half of P09 to the other, for those who have both. */
export function Navigation() {
  const { pathname } = useLocation();
  return (
    <nav className={classes.places} aria-label="Main">
      {PLACES.map(({ label, to, isHere }) => (
        <Link key={to} to={to} className={classes.place} aria-current={isHere(pathname) ? "page" : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  );
}

/** The pages of operations that the person may open. */
export function OperationsNavigation() {
  const { groups } = useClaims();
  const isOffered = ({ shows }: OperationsPlace) => rolesFor(shows).some((role) => groups.includes(role));
  return <Pages label="Operations" places={OPERATIONS.filter(isOffered)} />;
}

const AUDIT = "GET /v1/organisations/{organisation_id}/audit";

/** The pages of a site and of the organisation that it belongs to. */
export function SiteNavigation({ site }: { site: Site }) {
  const mayAudit = useMayAsMember(AUDIT, site.organisation_id);
  const at = `/sites/${site.site_id}`;
  const places: Place[] = [
    { label: "Dashboard", to: at, end: true },
    { label: "Keys", to: `${at}/keys` },
    { label: "Exclusions", to: `${at}/exclusions` },
    { label: "People", to: `${at}/people` },
  ];
  if (mayAudit) places.push({ label: "Audit", to: `${at}/audit` });
  return <Pages label="Site" places={places} />;
}

/** A narrow screen scrolls them sideways, with the one that is open in view. */
function Pages({ label, places }: { label: string; places: readonly Place[] }) {
  const { pathname } = useLocation();
  const list = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the open page is another one when the address is.
  useEffect(() => {
    const open = list.current?.querySelector("[aria-current]");
    open?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <nav ref={list} className={classes.pages} aria-label={label}>
      {places.map(({ label: name, to, end = false }) => (
        <NavLink key={to} to={to} end={end} className={classes.page ?? ""}>
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
