import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./EmptyState.module.css";
import { CircleCheckIcon } from "./icons";

/** Says that there is nothing, whether that is well, and what to do next. */
export function EmptyState({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.empty}>
      <span className={classes.sign}>
        <CircleCheckIcon />
      </span>
      <Title order={3} size="h5">
        {title}
      </Title>
      <Text size="sm" c="dimmed" maw="34rem">
        {children}
      </Text>
    </div>
  );
}
