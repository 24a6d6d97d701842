import type { Act } from "./incidents";

export const SEVERITIES = [
  { value: "ticket", label: "Ticket: within a day" },
  { value: "page", label: "Page: at once" },
];

export const ACTS: Record<Act, string> = {
  acknowledge: "Acknowledge",
  update: "Update",
  merge: "Merge",
  resolve: "Resolve",
  reopen: "Reopen",
};
