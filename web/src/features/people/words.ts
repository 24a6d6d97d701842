import type { MemberRole } from "./people";

export const ROLES: readonly { value: MemberRole; label: string }[] = [
  { value: "viewer", label: "Viewer: sees the numbers" },
  { value: "editor", label: "Editor: also adds sites and keys" },
  { value: "owner", label: "Owner: also decides who belongs to it" },
];

export function roleIn(form: FormData): MemberRole {
  const said = form.get("role");
  return ROLES.find(({ value }) => value === said)?.value ?? "viewer";
}

/** Where an invitation is accepted. What stands behind the # is sent to no server and gets into no log. */
export function invitationLink(token: string, origin: string): string {
  return `${origin}/invitation#${token}`;
}
