import { Link, useLocation } from "react-router";
import classes from "./Navigation.module.css";

const PLACES = [
  { label: "Traffic", to: "/", isHere: (path: string) => !path.startsWith("/operations") },
  { label: "Operations", to: "/operations/kpis", isHere: (path: string) => path.startsWith("/operations") },
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
