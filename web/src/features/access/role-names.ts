import type { Role } from "../sign-in/roles";

export const ROLES: readonly { role: Role; label: string; short: string }[] = [
  { role: "P09-Developer", label: "Developer", short: "Dev" },
  { role: "P09-SRE", label: "SRE", short: "SRE" },
  { role: "P09-DBA", label: "DBA", short: "DBA" },
  { role: "P09-Lead", label: "Lead", short: "Lead" },
  { role: "P09-Auditor", label: "Auditor", short: "Aud" },
  { role: "pipeline", label: "Pipeline", short: "Pipe" },
];
