import { Alert } from "@mantine/core";
import type { ReactNode } from "react";
import { WarningIcon } from "./icons";

const COLORS = {
  root: {
    "--alert-bg": "var(--p09-danger-tint)",
    "--alert-bd": "1px solid var(--p09-danger-line)",
    "--alert-color": "var(--p09-danger)",
  },
};

/** Says at once, also to who does not see it, that something went wrong. */
export function DangerAlert({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Alert vars={() => COLORS} icon={<WarningIcon />} title={title} role="alert">
      {children}
    </Alert>
  );
}
