import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import type { CSSProperties } from "react";
import { CheckIcon, ChevronIcon } from "../../components/icons";
import { plural } from "../../components/words";
import type { Role } from "../sign-in/roles";
import classes from "./Access.module.css";
import type { Permission } from "./access";
import { ROLES } from "./role-names";

interface Props {
  subject: string;
  actions: readonly Permission[];
  own: readonly Role[];
  isOpen: boolean;
  onToggle: () => void;
}

/** What the roles may do of one subject: how much each, and once it is opened, what. */
export function RoleSubject({ subject, actions, own, isOpen, onToggle }: Props) {
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" className={classes.subject}>
          <UnstyledButton className={classes.toggle} aria-expanded={isOpen} onClick={onToggle}>
            <ChevronIcon />
            <span>
              {subject} <span className={classes.count}>{plural(actions.length, "action")}</span>
            </span>
          </UnstyledButton>
        </th>
        {ROLES.map(({ role }) => (
          <td key={role} data-own={own.includes(role)}>
            <Share of={actions.length} may={actions.filter(({ roles }) => roles.includes(role)).length} />
          </td>
        ))}
      </tr>
      {isOpen &&
        actions.map((permission) => (
          <ActionRow key={`${permission.method} ${permission.path}`} permission={permission} own={own} />
        ))}
    </tbody>
  );
}

/** As much of a circle as there are actions that the role may do. */
function Share({ may, of }: { may: number; of: number }) {
  const words = may === 0 ? "none" : may === of ? "all" : `${may} of ${of}`;
  return (
    <>
      <span
        className={classes.share}
        title={words}
        style={{ "--share": `${(360 * may) / of}deg` } as CSSProperties}
      />
      <VisuallyHidden>{words}</VisuallyHidden>
    </>
  );
}

function ActionRow({ permission, own }: { permission: Permission; own: readonly Role[] }) {
  return (
    <tr>
      <th scope="row" className={classes.action} title={`${permission.method} ${permission.path}`}>
        {permission.summary}
      </th>
      {ROLES.map(({ role }) => (
        <td key={role} data-own={own.includes(role)}>
          {permission.roles.includes(role) ? (
            <span className={classes.may}>
              <CheckIcon />
              <VisuallyHidden>may</VisuallyHidden>
            </span>
          ) : (
            <VisuallyHidden>may not</VisuallyHidden>
          )}
        </td>
      ))}
    </tr>
  );
}
