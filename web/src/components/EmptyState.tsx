import { Text, Title } from "@mantine/core";
import type { ComponentType, ReactNode } from "react";
import classes from "./EmptyState.module.css";
import { CircleCheckIcon } from "./icons";

interface Props {
  title: string;
  /** Another sign where it is not well that there is nothing. */
  icon?: ComponentType;
  children: ReactNode;
}

/** Says that there is nothing, whether that is well, and what to do next. */
export function EmptyState({ title, icon: Icon = CircleCheckIcon, children }: Props) {
  return (
    <div className={classes.empty}>
      <span className={classes.sign}>
        <Icon />
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
