import { Button, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import classes from "./card.module.css";

/** Stands in place of a page that the person who is signed in may not see: says whom it is for. */
export function NotYours({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.card}>
      <title>{`${title} · P09`}</title>
      <Title order={1} size="h3">
        This page is not for your role
      </Title>
      <Text size="sm" c="dimmed" mt={4} mb="lg">
        {children}
      </Text>
      <Button component={Link} to="/" size="xs" variant="default">
        To your own pages
      </Button>
    </section>
  );
}
