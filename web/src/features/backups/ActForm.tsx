import { AskForm } from "../../components/AskForm";
import { NoteInput } from "../../components/NoteInput";
import { DiscardPreview } from "./DiscardPreview";
import { type Act, type Drill, type Said, useAct } from "./drills";

interface Words {
  name: string;
  submit: string;
  /** What comes of it. */
  hint: (drill: Drill) => string;
}

export const ACTS: Record<Act, Words> = {
  sign: {
    name: "Sign off",
    submit: "Sign it off",
    hint: ({ kind }) =>
      kind === "restore"
        ? "You have read the evidence and vouch for it. The restored database can then be promoted."
        : "You have read the evidence and vouch for it. The drill then counts as passed.",
  },
  reject: {
    name: "Reject",
    submit: "Reject it",
    hint: () => "The evidence does not convince you. It ends as rejected, and an incident opens.",
  },
  point: {
    name: "Point staging to it",
    submit: "Point staging",
    hint: () =>
      "Staging, a second API, answers from the restored database until it is signed off or has ended. The database is closed to writers from now on.",
  },
  promote: {
    name: "Promote",
    submit: "Promote it",
    hint: () =>
      "The restored database takes the place of the running one, whose data is kept aside. Events are drained again; what is listed here is discarded.",
  },
  discard: {
    name: "Discard",
    submit: "Discard it",
    hint: () => "The restored database is destroyed. The running one stays as it is.",
  },
  abort: {
    name: "Abort",
    submit: "Abort it",
    hint: () => "It ends after the step that runs, and its temporary database is destroyed.",
  },
};

interface Props {
  drill: Drill;
  act: Act;
  onDone: () => void;
}

/** Says what comes of a decision, and asks why it is taken. */
export function ActForm({ drill, act, onDone }: Props) {
  const acting = useAct(drill.id, act);
  const { name, submit, hint } = ACTS[act];
  return (
    <AskForm
      label={name}
      warning={hint(drill)}
      submit={submit}
      isBusy={acting.isPending}
      problem={acting.error}
      onSubmit={(said) => acting.mutate(wordsOf(said), { onSuccess: onDone })}
    >
      {act === "promote" && <DiscardPreview drillId={drill.id} />}
      {act !== "point" && (
        <NoteInput
          name="note"
          label={act === "abort" ? "Why?" : "Note"}
          description="Stays in the record, beside your name."
          most={1000}
        />
      )}
    </AskForm>
  );
}

function wordsOf(said: FormData): Said {
  return { note: String(said.get("note") ?? "").trim(), confirm: String(said.get("confirm") ?? "").trim() };
}
