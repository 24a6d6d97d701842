import { Checkbox, NativeSelect, Select, TextInput } from "@mantine/core";
import { AskForm } from "../../components/AskForm";
import { ComponentChoice, componentsIn, isSameChoice } from "../../components/ComponentChoice";
import { NoteInput } from "../../components/NoteInput";
import { ProblemAlert } from "../../components/ProblemAlert";
import { capital } from "../../components/words";
import {
  type Act,
  type IncidentDetail,
  type Said,
  STATES,
  type Update,
  useAct,
  useIncidents,
} from "./incidents";
import { ACTS, SEVERITIES } from "./words";

interface Props {
  incident: IncidentDetail;
  act: Act;
  onDone: () => void;
}

/** Asks what an act needs. */
export function ActForm({ incident, act, onDone }: Props) {
  const acting = useAct(incident.id, act);
  const isPublishable = act === "update" || act === "resolve" || act === "reopen";
  return (
    <AskForm
      label={ACTS[act]}
      submit={SUBMIT[act]}
      isBusy={acting.isPending}
      problem={acting.error}
      onSubmit={(_, form) => acting.mutate(saidIn(form, incident), { onSuccess: onDone })}
    >
      {act === "update" && <Changes incident={incident} />}
      {act === "merge" && <Into incident={incident} />}
      <NoteInput
        name="note"
        label="Note"
        description={act === "reopen" ? "Why it is not over" : "Optional"}
        isOptional={act !== "reopen"}
        most={4000}
      />
      {isPublishable && (
        <Checkbox
          name="public"
          label="Customers may read this note"
          description="It goes to the status page."
        />
      )}
      {act === "resolve" && incident.failing.length > 0 && (
        <Checkbox
          name="although_failing"
          label="Although it still fails"
          description={incident.failing.join(", ")}
        />
      )}
    </AskForm>
  );
}

const SUBMIT: Record<Act, string> = {
  acknowledge: "Acknowledge it",
  update: "Save the update",
  merge: "Merge it",
  resolve: "Resolve it",
  reopen: "Reopen it",
};

const UNRESOLVED = STATES.filter((state) => state !== "resolved").map((state) => ({
  value: state,
  label: capital(state),
}));

function Changes({ incident }: { incident: IncidentDetail }) {
  return (
    <>
      {incident.state !== "resolved" && (
        <NativeSelect name="state" label="State" data={UNRESOLVED} defaultValue={incident.state} />
      )}
      <NativeSelect name="severity" label="Severity" data={SEVERITIES} defaultValue={incident.severity} />
      <TextInput
        name="owner"
        label="Owner"
        defaultValue={incident.owner}
        maxLength={100}
        autoComplete="off"
      />
      <Checkbox
        name="impacting"
        label="Customers are affected"
        defaultChecked={incident.customer_impacting}
      />
      <ComponentChoice
        label="What it concerns"
        description="The status page shows it at these."
        chosen={incident.components}
      />
    </>
  );
}

/** The other incidents that are open. */
function Into({ incident }: { incident: IncidentDetail }) {
  const { data, problem } = useIncidents(incident.opened_at, false);
  const others = (data?.open ?? []).filter(({ id }) => id !== incident.id);
  if (problem) return <ProblemAlert error={problem} />;
  return (
    <Select
      name="into"
      label="Into which incident?"
      placeholder={data && others.length === 0 ? "No other one is open" : "Choose one"}
      data={others.map(({ id, title }) => ({ value: id, label: `${title} (${id})` }))}
      required
      withAsterisk={false}
      searchable
    />
  );
}

function saidIn(element: HTMLFormElement, incident: IncidentDetail): Said {
  const form = new FormData(element);
  const field = (name: string) => String(form.get(name) ?? "").trim();
  return {
    note: field("note"),
    isPublic: form.has("public"),
    isAlthoughFailing: form.has("although_failing"),
    into: field("into"),
    changes: form.has("severity") ? changesIn(form, componentsIn(element), incident) : {},
  };
}

/** Only what is another value than before: signals do not change again what a person has set. */
function changesIn(form: FormData, components: string[] | null, incident: IncidentDetail): Said["changes"] {
  const state = form.get("state") as Update["state"];
  const severity = form.get("severity") as "page" | "ticket";
  const owner = String(form.get("owner")).trim();
  const isImpacting = form.has("impacting");
  return {
    ...(state && state !== incident.state && { state }),
    ...(severity !== incident.severity && { severity }),
    ...(owner !== incident.owner && { owner }),
    ...(isImpacting !== incident.customer_impacting && { customer_impacting: isImpacting }),
    ...(components !== null && !isSameChoice(components, incident.components) && { components }),
  };
}
