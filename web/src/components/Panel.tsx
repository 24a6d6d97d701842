import { Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { Boundary } from "./Boundary";
import classes from "./Panel.module.css";

export interface PanelProps {
  title: string;
  hint?: ReactNode;
  /** Beside the title: what of the panel's subject is shown. */
  controls?: ReactNode;
  isWide?: boolean;
  isBusy?: boolean;
  children: ReactNode;
}

/** A titled part of a page. What fails in it is said in it, below its title. */
export function Panel({ title, hint, controls, isWide = false, isBusy = false, children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} data-wide={isWide} aria-labelledby={id} aria-busy={isBusy}>
      <div className={classes.head}>
        <Title order={2} size="h5" id={id}>
          {title}
        </Title>
        {controls}
      </div>
      {hint && (
        <Text size="xs" c="dimmed" mt={2}>
          {hint}
        </Text>
      )}
      <div className={classes.body}>
        <Boundary>{children}</Boundary>
      </div>
    </section>
  );
}
