import { Button } from "@mantine/core";
import { useState } from "react";
import { AskForm } from "../../components/AskForm";
import { EmptyState } from "../../components/EmptyState";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import { formatMoment } from "../../components/words";
import classes from "./People.module.css";
import { type Invitation, useInvitations, useWithdraw } from "./people";

/** Those that wait to be accepted. */
export function Invitations({ organisationId }: { organisationId: string }) {
  const { data, problem, retry } = useInvitations(organisationId);
  return (
    <Panel title="Invitations" hint="Each is good for seven days and one person.">
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {!data && !problem && <PageSkeleton heights={[80]} />}
      {data?.length === 0 && (
        <EmptyState title="Nobody is invited">
          Invite somebody: they get a mail, or you send them the link. Whoever signs in with it becomes a
          member.
        </EmptyState>
      )}
      {data && data.length > 0 && (
        <ul className={classes.list} aria-label="Invitations">
          {data.map((invitation) => (
            <InvitationItem key={invitation.id} invitation={invitation} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function InvitationItem({ invitation }: { invitation: Invitation }) {
  const { id, organisation_id, role, label, expires_at } = invitation;
  const [isAsking, setAsking] = useState(false);
  const withdraw = useWithdraw(organisation_id, id);
  return (
    <li className={classes.item}>
      <div className={classes.line}>
        <div>
          <div className={classes.label}>{label}</div>
          <div className={classes.facts}>
            as {role} · can be accepted until {formatMoment(expires_at)} UTC
          </div>
        </div>
        {!isAsking && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Withdraw: ${label}`}
            onClick={() => setAsking(true)}
          >
            Withdraw
          </Button>
        )}
      </div>
      {isAsking && (
        <AskForm
          label={`Withdraw the invitation of ${label}`}
          warning="The link stops working at once."
          submit="Withdraw it"
          cancel="Keep it"
          isBusy={withdraw.isPending}
          problem={withdraw.error}
          onSubmit={() => withdraw.mutate()}
          onCancel={() => setAsking(false)}
        />
      )}
    </li>
  );
}
