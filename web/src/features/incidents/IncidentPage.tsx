import { Anchor, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { DetailPage } from "../../components/DetailPage";
import classes from "../../components/detail.module.css";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { formatLength, formatMoment } from "../../components/words";
import { useMay } from "../sign-in/roles";
import { Acts } from "./Acts";
import { IncidentTimeline } from "./IncidentTimeline";
import { type IncidentDetail, useIncident } from "./incidents";
import { ImpactMark, IncidentStateMark } from "./marks";
import { Progress } from "./Progress";

const LIST = { name: "All incidents", to: "/operations/incidents" };

/** One incident: how it stands, what happened, and what can be done with it. */
export default function IncidentPage() {
  const { incidentId = "" } = useParams();
  const [isLive, setLive] = useState(true);
  const incident = useIncident(incidentId, isLive);
  return (
    <DetailPage
      list={LIST}
      title={incident.data?.title ?? incidentId}
      hint={`${incidentId} · all times in UTC`}
      answer={incident}
      live={{ isOn: isLive, onChange: setLive }}
      heights={[160, 320]}
    >
      {(found, now) => <Found incident={found} now={now} />}
    </DetailPage>
  );
}

function Found({ incident, now }: { incident: IncidentDetail; now: number }) {
  const mayRespond = useMay("POST /v1/incidents/{incident_id}/updates");
  return (
    <Parts className={classes.columns}>
      <Parts className={classes.side}>
        <Panel title="How it stands">
          <Stack gap="sm">
            <div className={classes.marks}>
              <IncidentStateMark state={incident.state} />
              <ImpactMark incident={incident} />
            </div>
            <Progress incident={incident} />
            <Facts incident={incident} now={now} />
          </Stack>
        </Panel>
        {mayRespond && incident.may.length > 0 && <Acts incident={incident} />}
      </Parts>
      <Panel title="Timeline" hint="Newest first. What customers may read is marked as public.">
        <IncidentTimeline entries={incident.timeline} />
      </Panel>
    </Parts>
  );
}

function Facts({ incident, now }: { incident: IncidentDetail; now: number }) {
  const end = incident.resolved_at === null ? now : Date.parse(incident.resolved_at);
  const facts: [string, string][] = [
    ["Severity", incident.severity],
    ["Owner", incident.owner || "nobody"],
    ["Opened", `${formatMoment(incident.opened_at)}${incident.opened_by ? ` by ${incident.opened_by}` : ""}`],
    ["Acknowledged", attended(incident)],
    ...(incident.customer_impacting
      ? [["Customers affected since", formatMoment(incident.began_at)] as [string, string]]
      : []),
    [incident.resolved_at ? "Lasted" : "Lasts", formatLength(end - Date.parse(incident.began_at))],
    ["Components", incident.components.join(", ") || "none"],
    ["Still failing", incident.failing.join(", ") || "nothing"],
    ["Signals", String(incident.signals)],
  ];
  if (incident.escalated.length > 0) facts.push(["Escalated", incident.escalated.join(", ")]);
  return (
    <>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {incident.merged_into !== null && (
        <Text size="sm">
          Merged into{" "}
          <Anchor component={Link} underline="always" to={`/operations/incidents/${incident.merged_into}`}>
            {incident.merged_into}
          </Anchor>
        </Text>
      )}
      {incident.review !== null && (
        <Anchor component={Link} size="sm" to={`/operations/reviews/${incident.review}`}>
          Its post-incident review
        </Anchor>
      )}
    </>
  );
}

function attended({ acknowledged_at, acknowledged_by }: IncidentDetail): string {
  return acknowledged_at === null ? "not yet" : `${formatMoment(acknowledged_at)} by ${acknowledged_by}`;
}
