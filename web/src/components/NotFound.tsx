import { Button, Code, Text, Title } from "@mantine/core";
import { Link, useLocation } from "react-router";
import classes from "./card.module.css";

/** Stands where an address leads nowhere. */
export function NotFound() {
  const { pathname } = useLocation();
  return (
    <section className={classes.card}>
      <title>Page not found · P09</title>
      <Title order={1} size="h3">
        Page not found
      </Title>
      <Text size="sm" c="dimmed" mt={4} mb="lg">
        There is no page at <Code>{pathname}</Code>. Check the address, or start from your own pages.
      </Text>
      <Button component={Link} to="/" size="xs" variant="default">
        To your own pages
      </Button>
    </section>
  );
}
