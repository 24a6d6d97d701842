import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Panel } from "./Panel";

interface Props {
  /** Whom it waits for, or why nothing is offered. */
  hint: string | null;
  hasActs: boolean;
  children: ReactNode;
}

/** What can be decided, and what is waited for. There is no panel of nothing. */
export function WhatToDo({ hint, hasActs, children }: Props) {
  if (!hasActs && hint === null) return null;
  return (
    <Panel title="What to do">
      {hint !== null && (
        <Text size="sm" mb={hasActs ? "sm" : 0}>
          {hint}
        </Text>
      )}
      {hasActs && children}
    </Panel>
  );
}
