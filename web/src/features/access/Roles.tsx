import { VisuallyHidden } from "@mantine/core";
import { CheckIcon } from "../../components/icons";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import { capital } from "../../components/words";
import { type Role, useClaims } from "../sign-in/roles";
import classes from "./Access.module.css";
import { type Permission, usePermissions } from "./access";

const ROLES: readonly { role: Role; label: string; short: string }[] = [
  { role: "P09-Developer", label: "Developer", short: "Dev" },
  { role: "P09-SRE", label: "SRE", short: "SRE" },
  { role: "P09-DBA", label: "DBA", short: "DBA" },
  { role: "P09-Lead", label: "Lead", short: "Lead" },
  { role: "P09-Auditor", label: "Auditor", short: "Aud" },
  { role: "pipeline", label: "Pipeline", short: "Pipe" },
];

/** The table of permissions by which the API decides. */
export function Roles() {
  const { data, problem, retry } = usePermissions();
  const { groups } = useClaims();
  const own = ROLES.filter(({ role }) => groups.includes(role)).map(({ role }) => role);
  return (
    <Panel
      title="What each role may do"
      hint={`You have ${own.join(", ")}. Roles are groups of the company’s directory: who has one is decided there.`}
    >
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {!data && !problem && <PageSkeleton heights={[320]} />}
      {data && <RolesTable permissions={data} own={own} />}
    </Panel>
  );
}

function RolesTable({ permissions, own }: { permissions: readonly Permission[]; own: readonly Role[] }) {
  return (
    <table className={classes.roles}>
      <thead>
        <tr>
          <th scope="col">Action</th>
          {ROLES.map(({ role, label, short }) => (
            <th key={role} scope="col" data-own={own.includes(role)}>
              <span className={classes.long}>{label}</span>
              <span className={classes.short} aria-hidden="true">
                {short}
              </span>
            </th>
          ))}
        </tr>
      </thead>
      {bySubject(permissions).map(([subject, actions]) => (
        <tbody key={subject}>
          <tr className={classes.subject}>
            <th scope="rowgroup" colSpan={1 + ROLES.length}>
              {subject}
            </th>
          </tr>
          {actions.map((permission) => (
            <PermissionRow
              key={`${permission.method} ${permission.path}`}
              permission={permission}
              own={own}
            />
          ))}
        </tbody>
      ))}
    </table>
  );
}

function PermissionRow({ permission, own }: { permission: Permission; own: readonly Role[] }) {
  return (
    <tr>
      <th scope="row" title={`${permission.method} ${permission.path}`}>
        {permission.summary}
      </th>
      {ROLES.map(({ role }) => (
        <td key={role} data-own={own.includes(role)}>
          {permission.roles.includes(role) ? (
            <>
              <CheckIcon />
              <VisuallyHidden>may</VisuallyHidden>
            </>
          ) : (
            <VisuallyHidden>may not</VisuallyHidden>
          )}
        </td>
      ))}
    </tr>
  );
}

/** Paths begin with what they are about: `/v1/dead-letters/replay`. */
function bySubject(permissions: readonly Permission[]): [string, Permission[]][] {
  const groups = new Map<string, Permission[]>();
  for (const permission of permissions) {
    const noun = (permission.path.split("/")[2] ?? "").replaceAll("-", " ");
    const subject = noun === "kpis" ? "KPIs" : capital(noun);
    groups.set(subject, [...(groups.get(subject) ?? []), permission]);
  }
  return [...groups];
}
