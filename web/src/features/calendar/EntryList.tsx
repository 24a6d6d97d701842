import { Button, Group } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { EmptyState } from "../../components/EmptyState";
import looks from "../../components/entry.module.css";
import { SnowflakeIcon, ToolIcon } from "../../components/icons";
import { ProblemAlert } from "../../components/ProblemAlert";
import { capital, formatLength, formatSpan } from "../../components/words";
import { useMay } from "../sign-in/roles";
import classes from "./CalendarPage.module.css";
import { CancelForm } from "./CancelForm";
import { type Entry, isChangeable, useConfirm } from "./calendar";
import { EntryMark } from "./EntryMark";
import { ChangeForm } from "./PlanForm";

interface Props {
  entries: readonly Entry[];
  chosen: string | null;
  mayPlan: boolean;
}

export function EntryList({ entries, chosen, mayPlan }: Props) {
  if (entries.length === 0) {
    return (
      <EmptyState title="Nothing stands in this month">
        Plan a maintenance before you touch what customers use, and a freeze when nothing may change.
      </EmptyState>
    );
  }
  return (
    <ul className={looks.list}>
      {entries.map((entry) => (
        <EntryItem key={entry.id} entry={entry} isChosen={entry.id === chosen} mayPlan={mayPlan} />
      ))}
    </ul>
  );
}

interface ItemProps {
  entry: Entry;
  isChosen: boolean;
  mayPlan: boolean;
}

function EntryItem({ entry, isChosen, mayPlan }: ItemProps) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isChosen) item.current?.scrollIntoView({ block: "center" });
  }, [isChosen]);
  return (
    <li ref={item} className={classes.entry} data-chosen={isChosen}>
      <div className={looks.marks}>
        <span className={classes.kind} data-kind={entry.kind}>
          {entry.kind === "freeze" ? <SnowflakeIcon /> : <ToolIcon />}
          {capital(entry.kind)}
        </span>
        <EntryMark entry={entry} />
      </div>
      <span className={looks.title}>{entry.title}</span>
      <span className={looks.facts}>{factsOf(entry).join(" · ")}</span>
      <p className={looks.text}>{entry.reason}</p>
      {entry.note !== "" && <p className={looks.text}>{entry.note}</p>}
      {entry.state === "waiting" && <Confirmation entry={entry} />}
      {mayPlan && isChangeable(entry) && <Choices entry={entry} />}
    </li>
  );
}

/** Until a second person agrees, what begins during an outage excuses nothing. */
function Confirmation({ entry }: { entry: Entry }) {
  const mayConfirm = useMay("POST /v1/calendar/{entry_id}/second");
  const confirm = useConfirm(entry.id);
  return (
    <>
      <p className={looks.text}>
        {entry.during} is open. Until a second person confirms it, this maintenance silences and excludes
        nothing.
      </p>
      {confirm.isError && <ProblemAlert error={confirm.error} />}
      {mayConfirm && (
        <Group gap="xs" mt={4}>
          <Button
            size="compact-xs"
            aria-label={`Confirm: ${entry.title}`}
            loading={confirm.isPending}
            onClick={() => confirm.mutate(null)}
          >
            Confirm
          </Button>
        </Group>
      )}
    </>
  );
}

function Choices({ entry }: { entry: Entry }) {
  const [asked, setAsked] = useState<"change" | "cancel" | null>(null);
  const done = () => setAsked(null);
  if (asked === "change") return <ChangeForm entry={entry} onDone={done} />;
  if (asked === "cancel") return <CancelForm entry={entry} onDone={done} />;
  return (
    <Group gap="xs" mt={4}>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Change: ${entry.title}`}
        onClick={() => setAsked("change")}
      >
        Change
      </Button>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        aria-label={`${entry.state === "active" ? "End now" : "Cancel"}: ${entry.title}`}
        onClick={() => setAsked("cancel")}
      >
        {entry.state === "active" ? "End now" : "Cancel"}
      </Button>
    </Group>
  );
}

function factsOf(entry: Entry): string[] {
  const length = Date.parse(entry.end) - Date.parse(entry.start);
  const facts = [formatSpan(entry), formatLength(length), `planned by ${entry.created_by}`];
  if (entry.components.length > 0) facts.push(entry.components.join(", "));
  if (entry.during !== "") facts.push(`began during ${entry.during}`);
  if (entry.second_by !== "") facts.push(`confirmed by ${entry.second_by}`);
  return facts;
}
