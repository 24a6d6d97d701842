import { useState } from "react";
import { EmptyState } from "../../components/EmptyState";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { ProblemAlert } from "../../components/ProblemAlert";
import { dayOf, formatLongDay, formatTime } from "../../components/words";
import { WaitingHint } from "../changes/WaitingHint";
import { DayStrip } from "./DayStrip";
import { DaySwitch } from "./DaySwitch";
import { type RunbookDay, useDay } from "./runbook";
import { Schedules } from "./Schedules";
import { TaskDrawer } from "./TaskDrawer";
import { TaskTable } from "./TaskTable";
import { type Address, useAddress } from "./use-address";
import { tallyOf } from "./words";

/** The runbook's table of a day: what ran, what it found, what is still to come. */
export default function TodayPage() {
  const [isLive, setLive] = useState(true);
  const [address, go] = useAddress();
  const { data, updatedAt, problem, retry } = useDay(address.day, isLive);
  const today = dayOf(data?.now ?? Date.now());
  const day = address.day ?? data?.date ?? today;
  const chosen = data?.tasks.find(({ id }) => id === address.task);
  return (
    <Parts>
      <PageHead
        title={day === today ? "Today" : formatLongDay(day)}
        hint={data ? `${tallyOf(data)} · as of ${formatTime(data.now)} UTC` : "All times in UTC"}
        live={{ isOn: isLive, isFailing: problem !== null, updatedAt, onChange: setLive }}
      >
        <DaySwitch day={day} isToday={day === today} onChange={(other) => go({ day: other })} />
      </PageHead>
      <WaitingHint isLive={isLive} />
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {data && <Day found={data} address={address} />}
      {!data && !problem && <PageSkeleton heights={[130, 420]} />}
      <TaskDrawer
        task={chosen}
        runId={address.run}
        isLive={isLive}
        onRun={(run) => go({ run })}
        onClose={() => go({ task: null, run: null })}
      />
    </Parts>
  );
}

function Day({ found, address }: { found: RunbookDay; address: Address }) {
  if (found.tasks.length === 0) {
    return (
      <Panel title="Tasks">
        <EmptyState title="The runbook has no tasks">
          Describe one under [tasks] in shared/runbook.toml, run `make generate` and deploy: it then stands
          here.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Parts>
      <Panel title="The day at a glance">
        <DayStrip found={found} address={address} />
      </Panel>
      <Panel title="Tasks" hint="Open one to see its evidence and its earlier runs.">
        <TaskTable tasks={found.tasks} address={address} />
      </Panel>
      {found.schedules.length > 0 && <Schedules schedules={found.schedules} />}
    </Parts>
  );
}
