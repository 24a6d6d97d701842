import { Button } from "@mantine/core";
import { useState } from "react";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import { capital } from "../../components/words";
import { type Role, useClaims } from "../sign-in/roles";
import classes from "./Access.module.css";
import { type Permission, usePermissions } from "./access";
import { RoleSubject } from "./RoleSubject";
import { ROLES } from "./role-names";

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

/** At a glance how much of each subject is whose; every action of those that are opened. */
function RolesTable({ permissions, own }: { permissions: readonly Permission[]; own: readonly Role[] }) {
  const [open, setOpen] = useState<readonly string[]>([]);
  const subjects = bySubject(permissions);
  const isAllOpen = open.length === subjects.length;
  const toggle = (subject: string) =>
    setOpen(open.includes(subject) ? open.filter((each) => each !== subject) : [...open, subject]);
  return (
    <>
      <table className={classes.roles}>
        <thead>
          <tr>
            <th scope="col">Subject</th>
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
        {subjects.map(([subject, actions]) => (
          <RoleSubject
            key={subject}
            subject={subject}
            actions={actions}
            own={own}
            isOpen={open.includes(subject)}
            onToggle={() => toggle(subject)}
          />
        ))}
      </table>
      <Button
        size="xs"
        variant="default"
        mt="sm"
        onClick={() => setOpen(isAllOpen ? [] : subjects.map(([subject]) => subject))}
      >
        {isAllOpen ? "Show subjects only" : "Show every action"}
      </Button>
    </>
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
