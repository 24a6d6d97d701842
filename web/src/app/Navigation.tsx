import { useEffect, useRef } from "react";
import { Link, NavLink, useLocation } from "react-router";
import classes from "./Navigation.module.css";

const PLACES = [
  { label: "Traffic", to: "/", isHere: (path: string) => !path.startsWith("/operations") },
  { label: "Operations", to: "/operations", isHere: (path: string) => path.startsWith("/operations") },
];

const OPERATIONS = [
  { label: "Today", to: "/operations/today" },
  { label: "KPIs", to: "/operations/kpis" },
  { label: "Incidents", to: "/operations/incidents" },
  { label: "Announcements", to: "/operations/announcements" },
  { label: "Calendar", to: "/operations/calendar" },
  { label: "Access", to: "/operations/access" },
];

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

/** The pages of operations. A narrow screen scrolls them sideways, with the one that is open in view. */
export function OperationsNavigation() {
  const { pathname } = useLocation();
  const places = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the open page is another one when the address is.
  useEffect(() => {
    const open = places.current?.querySelector("[aria-current]");
    open?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <nav ref={places} className={classes.pages} aria-label="Operations">
      {OPERATIONS.map(({ label, to }) => (
        <NavLink key={to} to={to} className={classes.page ?? ""}>
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
