import { ActionIcon, Button } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { LeftIcon, PlusIcon, RightIcon } from "../../components/icons";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { ProblemAlert } from "../../components/ProblemAlert";
import { dayOf } from "../../components/words";
import { useMay } from "../sign-in/roles";
import classes from "./CalendarPage.module.css";
import { type Entry, useMonth } from "./calendar";
import { EntryList } from "./EntryList";
import { MonthGrid } from "./MonthGrid";
import { type Month, monthAfter, monthOf, nameOf } from "./months";
import { PlanDialog } from "./PlanDialog";

/** When something is planned or must not change: maintenances and freezes, a month at a time. */
export default function CalendarPage() {
  const [isLive, setLive] = useState(true);
  const [isPlanning, setPlanning] = useState(false);
  const [address, setAddress] = useSearchParams();
  const [chosen, setChosen] = useState<string | null>(null);
  const month = monthOf(address.get("month"), Date.now());
  const mayPlan = useMay("POST /v1/calendar");
  const { data, updatedAt, problem, retry } = useMonth(month, isLive);
  return (
    <Parts>
      <PageHead
        title="Calendar"
        hint={data ? tallyOf(data) : "All times in UTC"}
        live={{ isOn: isLive, isFailing: problem !== null, updatedAt, onChange: setLive }}
      >
        <MonthSwitch month={month} onChange={(other) => setAddress({ month: other })} />
        {mayPlan && (
          <Button size="xs" leftSection={<PlusIcon />} onClick={() => setPlanning(true)}>
            Plan
          </Button>
        )}
      </PageHead>
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {!data && !problem && <PageSkeleton heights={[480, 200]} />}
      {data && (
        <Parts>
          <Panel title={nameOf(month)}>
            <MonthGrid month={month} entries={data} today={dayOf(Date.now())} onChoose={setChosen} />
          </Panel>
          <Panel title="Maintenances and freezes" hint={HINT}>
            <EntryList entries={data} chosen={chosen} mayPlan={mayPlan} />
          </Panel>
        </Parts>
      )}
      <PlanDialog isOpen={isPlanning} onClose={() => setPlanning(false)} />
    </Parts>
  );
}

const HINT =
  "A maintenance stands on the status page and does not count against the KPIs. During a freeze nothing may be deployed.";

function MonthSwitch({ month, onChange }: { month: Month; onChange: (month: Month) => void }) {
  return (
    <fieldset className={classes.switch} aria-label="Month">
      <ActionIcon
        variant="default"
        size={30}
        aria-label="The month before"
        onClick={() => onChange(monthAfter(month, -1))}
      >
        <LeftIcon />
      </ActionIcon>
      <Button variant="default" size="xs" onClick={() => onChange(monthOf(null, Date.now()))}>
        This month
      </Button>
      <ActionIcon
        variant="default"
        size={30}
        aria-label="The month after"
        onClick={() => onChange(monthAfter(month, 1))}
      >
        <RightIcon />
      </ActionIcon>
    </fieldset>
  );
}

function tallyOf(entries: readonly Entry[]): string {
  const active = entries.filter(({ state }) => state === "active").length;
  const planned = entries.filter(({ state }) => state === "planned").length;
  return `${active === 0 ? "nothing" : active} under way · ${planned === 0 ? "nothing" : planned} planned in this month · all times in UTC`;
}
