import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { type Live, LiveSwitch } from "./LiveSwitch";
import classes from "./PageHead.module.css";

interface Props {
  title: string;
  hint: ReactNode;
  /** Of a page that moves by itself. */
  live?: Live;
  /** What can be done on the page. */
  children?: ReactNode;
}

export function PageHead({ title, hint, live, children }: Props) {
  return (
    <header className={classes.head}>
      <title>{`${title} · P09`}</title>
      <div>
        <Title order={1} size="h3">
          {title}
        </Title>
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      </div>
      <div className={classes.controls}>
        {live && <LiveSwitch {...live} />}
        {children}
      </div>
    </header>
  );
}
