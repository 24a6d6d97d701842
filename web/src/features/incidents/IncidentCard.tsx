import { Title } from "@mantine/core";
import { Link } from "react-router";
import whole from "../../components/whole.module.css";
import { formatAge, plural } from "../../components/words";
import classes from "./IncidentCard.module.css";
import type { Incident } from "./incidents";
import { ImpactMark, IncidentStateMark } from "./marks";
import { Progress } from "./Progress";

/** An open incident at a glance. The whole card leads to it. */
export function IncidentCard({ incident, now }: { incident: Incident; now: number }) {
  return (
    <li className={`${whole.thing} ${classes.card}`} data-impacting={incident.customer_impacting}>
      <div className={classes.marks}>
        <IncidentStateMark state={incident.state} />
        <ImpactMark incident={incident} />
      </div>
      <Title order={2} size="h5">
        <Link className={whole.link} to={`/operations/incidents/${incident.id}`}>
          {incident.title}
        </Link>
      </Title>
      <Progress incident={incident} />
      <p className={classes.facts}>{factsOf(incident, now).join(" · ")}</p>
    </li>
  );
}

function factsOf(incident: Incident, now: number): string[] {
  const facts = [
    `${incident.severity} severity`,
    `opened ${formatAge(incident.opened_at, now)}`,
    incident.owner === "" ? "nobody owns it" : `owned by ${incident.owner}`,
    incident.acknowledged_at === null ? "not acknowledged" : `acknowledged by ${incident.acknowledged_by}`,
  ];
  if (incident.signals > 1) facts.push(plural(incident.signals, "signal"));
  if (incident.escalated.length > 0) facts.push("escalated");
  return facts;
}
