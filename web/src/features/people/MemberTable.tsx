import { Button, Group, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { AskForm } from "../../components/AskForm";
import table from "../../components/table.module.css";
import { capital, formatDay } from "../../components/words";
import { useClaims } from "../sign-in/roles";
import classes from "./People.module.css";
import { type Member, useChangeRole, useRemove } from "./people";
import { ROLES, roleIn } from "./words";

interface Props {
  members: readonly Member[];
  organisationId: string;
  isOwner: boolean;
}

export function MemberTable({ members, organisationId, isOwner }: Props) {
  const { subject } = useClaims();
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">Who</th>
          <th scope="col">Role</th>
          <th scope="col" className={table.roomy}>
            Since
          </th>
          <th scope="col">
            <span className={classes.actions}>Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {members.map((member) => (
          <MemberRow
            key={member.subject}
            member={member}
            organisationId={organisationId}
            isOwner={isOwner}
            isSelf={member.subject === subject}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  member: Member;
  organisationId: string;
  isOwner: boolean;
  isSelf: boolean;
}

type Asked = "role" | "remove" | null;

function MemberRow({ member, organisationId, isOwner, isSelf }: RowProps) {
  const [asked, setAsked] = useState<Asked>(null);
  const form = { member, organisationId, isSelf, onDone: () => setAsked(null) };
  return (
    <>
      <tr>
        <th scope="row">
          {member.label !== "" && <span className={classes.label}>{member.label}</span>}
          {isSelf && <span className={classes.you}>you</span>}
          <div>
            <code className={classes.subject}>{member.subject}</code>
          </div>
        </th>
        <td>{capital(member.role)}</td>
        <td className={table.roomy}>{formatDay(member.created_at)}</td>
        <td>{asked === null && <Choices {...{ member, isOwner, isSelf }} onAsk={setAsked} />}</td>
      </tr>
      {asked !== null && (
        <tr data-continues="true">
          <td colSpan={4}>{asked === "role" ? <RoleForm {...form} /> : <RemoveForm {...form} />}</td>
        </tr>
      )}
    </>
  );
}

interface ChoicesProps extends Pick<RowProps, "member" | "isOwner" | "isSelf"> {
  onAsk: (asked: Asked) => void;
}

function Choices({ member, isOwner, isSelf, onAsk }: ChoicesProps) {
  const word = isSelf ? "Leave" : "Remove";
  return (
    <Group gap="xs" justify="end">
      {isOwner && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Change role: ${nameOf(member)}`}
          onClick={() => onAsk("role")}
        >
          Change role
        </Button>
      )}
      {(isOwner || isSelf) && (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          aria-label={`${word}: ${nameOf(member)}`}
          onClick={() => onAsk("remove")}
        >
          {word}
        </Button>
      )}
    </Group>
  );
}

interface FormProps extends Omit<RowProps, "isOwner"> {
  onDone: () => void;
}

function RoleForm({ member, organisationId, isSelf, onDone }: FormProps) {
  const change = useChangeRole(organisationId, member.subject);
  return (
    <AskForm
      label={`Role of ${nameOf(member)}`}
      warning={isSelf && "This is you: as another than an owner you can’t take it back."}
      submit="Save the role"
      cancel="Leave it as it is"
      isBusy={change.isPending}
      problem={change.error}
      onSubmit={(form) => change.mutate(roleIn(form), { onSuccess: onDone })}
      onCancel={onDone}
    >
      <NativeSelect name="role" size="xs" label="Role" data={ROLES} defaultValue={member.role} />
    </AskForm>
  );
}

function RemoveForm({ member, organisationId, isSelf, onDone }: FormProps) {
  const remove = useRemove(organisationId, member.subject);
  return (
    <AskForm
      label={`Remove ${nameOf(member)}`}
      warning={`${isSelf ? "You lose" : "They lose"} sight of all sites of the organisation at once. Keys go on working: revoke those that only ${isSelf ? "you" : "they"} knew.`}
      submit={isSelf ? "Leave the organisation" : "Remove them"}
      cancel={isSelf ? "Stay" : "Keep them"}
      isBusy={remove.isPending}
      problem={remove.error}
      onSubmit={() => remove.mutate(undefined, { onSuccess: onDone })}
      onCancel={onDone}
    />
  );
}

/** As the invitation called them; who founded the organisation was never invited. */
function nameOf({ label, subject }: Member): string {
  return label || subject;
}
