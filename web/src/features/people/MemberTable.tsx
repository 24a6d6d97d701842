import { Button, Group, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { AskForm } from "../../components/AskForm";
import { Columns } from "../../components/Columns";
import table from "../../components/table.module.css";
import { capital, formatDay, shortId } from "../../components/words";
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
      <Columns of={["Who", "Role", { roomy: "Since" }, { end: "Actions" }]} />
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
  const { username } = useClaims();
  const known = member.label || (isSelf && username) || null;
  const name = known ?? shortId(member.subject);
  const form = { member, name, organisationId, isSelf, onDone: () => setAsked(null) };
  return (
    <>
      <tr>
        <th scope="row">
          <span className={classes.label}>{known ?? NAMELESS}</span>
          {isSelf && <span className={classes.you}>you</span>}
          <div>
            <code className={classes.subject} title={member.subject}>
              {shortId(member.subject)}
            </code>
          </div>
        </th>
        <td>{capital(member.role)}</td>
        <td className={table.roomy}>{formatDay(member.created_at)}</td>
        <td>{asked === null && <Choices {...{ name, isOwner, isSelf }} onAsk={setAsked} />}</td>
      </tr>
      {asked !== null && (
        <tr data-continues="true">
          <td colSpan={4}>{asked === "role" ? <RoleForm {...form} /> : <RemoveForm {...form} />}</td>
        </tr>
      )}
    </>
  );
}

interface ChoicesProps extends Pick<RowProps, "isOwner" | "isSelf"> {
  name: string;
  onAsk: (asked: Asked) => void;
}

function Choices({ name, isOwner, isSelf, onAsk }: ChoicesProps) {
  const word = isSelf ? "Leave" : "Remove";
  return (
    <Group gap="xs" justify="end">
      {isOwner && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Change role: ${name}`}
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
          aria-label={`${word}: ${name}`}
          onClick={() => onAsk("remove")}
        >
          {word}
        </Button>
      )}
    </Group>
  );
}

interface FormProps extends Omit<RowProps, "isOwner"> {
  name: string;
  onDone: () => void;
}

function RoleForm({ member, name, organisationId, isSelf, onDone }: FormProps) {
  const change = useChangeRole(organisationId, member.subject);
  return (
    <AskForm
      label={`Role of ${name}`}
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

function RemoveForm({ member, name, organisationId, isSelf, onDone }: FormProps) {
  const remove = useRemove(organisationId, member.subject);
  return (
    <AskForm
      label={`Remove ${name}`}
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

/** Who founded the organisation was never invited, and so never named. */
const NAMELESS = "Not invited by name";
