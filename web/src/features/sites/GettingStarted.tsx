import { Stack, Text, Title } from "@mantine/core";
import classes from "./GettingStarted.module.css";
import { Snippets } from "./Snippets";
import type { Site } from "./sites";

/** What to do until the first event is there; the page around it looks for that event all the time. */
export function GettingStarted({ site }: { site: Site }) {
  return (
    <Stack gap="xl" className={classes.card}>
      <title>{`${site.domain} · P09`}</title>
      <header>
        <Title order={1} size="h3">
          Waiting for the first visit to {site.domain}
        </Title>
        <Text c="dimmed" size="sm" mt={4}>
          Send an event in one of two ways. This page shows it the moment it arrives.
        </Text>
      </header>
      <Snippets site={site} />
    </Stack>
  );
}
