import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { AskForm } from "../../components/AskForm";
import { formatLeft, formatLength, formatMoment } from "../../components/words";
import { useMay } from "../sign-in/roles";
import classes from "./Access.module.css";
import { type Credential, useApproveCredential, useEndCredential } from "./access";
import { AccessMark, BreakGlassMark, CredentialMark } from "./marks";

/** Who has a login, why, and until when. */
export function CredentialItem({ credential, now }: { credential: Credential; now: number }) {
  return (
    <li className={classes.item}>
      <div className={classes.marks}>
        <CredentialMark credential={credential} />
        <AccessMark credential={credential} />
        <BreakGlassMark credential={credential} />
        {credential.state === "active" && (
          <span className={classes.left}>
            <span role="timer" aria-label={`Time left of ${credential.role}`}>
              {formatLeft(Date.parse(credential.expires_at) - now)}
            </span>{" "}
            left
          </span>
        )}
      </div>
      <code className={classes.name}>{credential.role}</code>
      <p className={classes.reason}>{credential.reason}</p>
      <span className={classes.facts}>{factsOf(credential).join(" · ")}</span>
      <Choices credential={credential} />
    </li>
  );
}

function Choices({ credential }: { credential: Credential }) {
  const [asked, setAsked] = useState<"end" | "approve" | null>(null);
  const mayEnd =
    useMay("DELETE /v1/access/database-credentials/{credential_id}") && credential.state !== "ended";
  const mayApprove = useMayApprove(credential);
  const done = () => setAsked(null);
  if (asked === "end") return <EndForm credential={credential} onDone={done} />;
  if (asked === "approve") return <ApproveForm credential={credential} onDone={done} />;
  if (!mayEnd && !mayApprove) return null;
  return (
    <Group gap="xs" mt={4}>
      {mayApprove && (
        <Button
          size="compact-xs"
          aria-label={`Approve: ${credential.role}`}
          onClick={() => setAsked("approve")}
        >
          Approve
        </Button>
      )}
      {mayEnd && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`End now: ${credential.role}`}
          onClick={() => setAsked("end")}
        >
          End now
        </Button>
      )}
    </Group>
  );
}

/** Somebody else than who broke the glass. */
function useMayApprove({ break_glass, approved_by, own }: Credential): boolean {
  const mayApprove = useMay("POST /v1/access/database-credentials/{credential_id}/approval");
  return mayApprove && break_glass && approved_by === "" && !own;
}

function EndForm({ credential, onDone }: { credential: Credential; onDone: () => void }) {
  const end = useEndCredential(credential.id);
  return (
    <AskForm
      label={`End ${credential.role}`}
      warning={`Its sessions are terminated and the role is dropped: what ${credential.by} has not committed is lost.`}
      submit="End it now"
      cancel="Let it run"
      isBusy={end.isPending}
      problem={end.error}
      onSubmit={() => end.mutate(undefined, { onSuccess: onDone })}
      onCancel={onDone}
    />
  );
}

function ApproveForm({ credential, onDone }: { credential: Credential; onDone: () => void }) {
  const approve = useApproveCredential(credential.id);
  return (
    <AskForm
      label={`Approve ${credential.role}`}
      submit="Approve it"
      cancel="Not now"
      isBusy={approve.isPending}
      problem={approve.error}
      onSubmit={(form) => approve.mutate(String(form.get("reason")).trim(), { onSuccess: onDone })}
      onCancel={onDone}
    >
      <TextInput
        name="reason"
        size="xs"
        label="Why was it right?"
        description="Ten letters at least; it stays in the audit trail, beside your name."
        minLength={10}
        maxLength={500}
        required
        withAsterisk={false}
        autoComplete="off"
      />
    </AskForm>
  );
}

function factsOf(credential: Credential): string[] {
  const { by, issued_at, expires_at, ended_at, ended_why, approved_by } = credential;
  const length = formatLength(Date.parse(expires_at) - Date.parse(issued_at));
  const facts = [`by ${by}`, `${formatMoment(issued_at)}, for ${length}`];
  if (ended_at !== null) facts.push(`ended ${formatMoment(ended_at)}`);
  if (ended_why !== "") facts.push(ended_why);
  if (approved_by !== "") facts.push(`approved by ${approved_by}`);
  return facts;
}
