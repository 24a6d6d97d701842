import { Button } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { EmptyState } from "../../components/EmptyState";
import { PlusIcon } from "../../components/icons";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Reviews } from "../reviews/Reviews";
import { useMay } from "../sign-in/roles";
import { IncidentCard } from "./IncidentCard";
import classes from "./IncidentsPage.module.css";
import { type Incidents, useIncidents } from "./incidents";
import { OpenIncidentDialog } from "./OpenIncidentDialog";
import { PastIncidents } from "./PastIncidents";
import { WeeksSection } from "./WeeksSection";
import { firstOf } from "./weeks";

/** What is not as it should be, how often that was so, and what was learnt from it. */
export default function IncidentsPage() {
  const [isLive, setLive] = useState(true);
  const [isOpening, setOpening] = useState(false);
  const [since] = useState(() => firstOf(Date.now()));
  const navigate = useNavigate();
  const mayRespond = useMay("POST /v1/incidents");
  const { data, updatedAt, problem, retry } = useIncidents(since, isLive);
  return (
    <Parts>
      <PageHead
        title="Incidents"
        hint={data ? tallyOf(data) : "All times in UTC"}
        live={{ isOn: isLive, isFailing: problem !== null, updatedAt, onChange: setLive }}
      >
        {mayRespond && (
          <Button size="xs" leftSection={<PlusIcon />} onClick={() => setOpening(true)}>
            Open an incident
          </Button>
        )}
      </PageHead>
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {data && <Found found={data} since={since} now={updatedAt} />}
      {!data && !problem && <PageSkeleton heights={[140, 300, 240]} />}
      <Reviews isLive={isLive} />
      <OpenIncidentDialog
        isOpen={isOpening}
        onClose={() => setOpening(false)}
        onOpened={({ id }) => void navigate(`/operations/incidents/${id}`)}
      />
    </Parts>
  );
}

function Found({ found: { open, recent }, since, now }: { found: Incidents; since: string; now: number }) {
  const past = recent.filter(({ state }) => state === "resolved");
  return (
    <Parts>
      <section aria-label="Open incidents">
        {open.length === 0 ? (
          <div className={classes.calm}>
            <EmptyState title="No incident is open">
              Failed tasks, probes, KPI breaches and alarms open one by themselves. If you notice something
              that they did not, open one by hand.
            </EmptyState>
          </div>
        ) : (
          <ul className={classes.cards}>
            {open.map((incident) => (
              <IncidentCard key={incident.id} incident={incident} now={now} />
            ))}
          </ul>
        )}
      </section>
      <WeeksSection incidents={recent} since={since} />
      {past.length > 0 && (
        <Panel title="Resolved in the last twelve weeks">
          <PastIncidents incidents={past} />
        </Panel>
      )}
    </Parts>
  );
}

function tallyOf({ open }: Incidents): string {
  if (open.length === 0) return "None is open · all times in UTC";
  const impacting = open.filter(({ customer_impacting }) => customer_impacting).length;
  const unattended = open.filter(({ acknowledged_at }) => acknowledged_at === null).length;
  const facts = [`${open.length} open`, `${impacting} with customers affected`];
  if (unattended > 0) facts.push(`${unattended} not acknowledged`);
  return `${facts.join(" · ")} · all times in UTC`;
}
