import { FlameIcon } from "../../components/icons";
import classes from "./FiringAlerts.module.css";
import type { BurnAlert } from "./kpis";
import { formatRate } from "./words";

/** The burn alerts that fire, each with the two rates that make it fire. */
export function FiringAlerts({ alerts }: { alerts: readonly BurnAlert[] }) {
  const firing = alerts.filter((alert) => alert.firing);
  if (firing.length === 0) return null;
  return (
    <ul className={classes.alerts} aria-label="Firing burn alerts">
      {firing.map((alert) => (
        <li key={alert.pair} className={classes.alert}>
          <FlameIcon />
          <span>
            <strong>Firing: {alert.pair} burn</strong> ({alert.severity}), {formatRate(alert.long_rate)} over{" "}
            {alert.long} and {formatRate(alert.short_rate)} over {alert.short}, fires above{" "}
            {formatRate(alert.factor)}
          </span>
        </li>
      ))}
    </ul>
  );
}
