import { Button, Stack, Text, Title } from "@mantine/core";
import { CopyBlock } from "../../components/CopyBlock";
import { ProblemAlert } from "../../components/ProblemAlert";
import classes from "./GettingStarted.module.css";
import { type Site, useCreateWriteKey } from "./sites";
import { curlExample, scriptTag } from "./snippets";

/** What to do until the first event is there; the page around it looks for that event all the time. */
export function GettingStarted({ site }: { site: Site }) {
  const origin = window.location.origin;
  return (
    <Stack gap="xl" className={classes.card}>
      <header>
        <Title order={2} size="h3">
          Waiting for the first visit to {site.domain}
        </Title>
        <Text c="dimmed" size="sm" mt={4}>
          Send an event in one of two ways. This page shows it the moment it arrives.
        </Text>
      </header>
      <section>
        <Title order={3} size="h5" mb="xs">
          From a website
        </Title>
        <Text size="sm" c="dimmed" mb="xs">
          Put this into the <code>&lt;head&gt;</code> of every page.
        </Text>
        <CopyBlock label="script tag" code={scriptTag(site, origin)} />
      </section>
      <FromServer site={site} origin={origin} />
    </Stack>
  );
}

function FromServer({ site, origin }: { site: Site; origin: string }) {
  const createKey = useCreateWriteKey(site.site_id);
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        From a server or a shell
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {createKey.isSuccess
          ? "This key is shown only now: copy it before you leave the page."
          : "Each site has its own write keys. A key is shown once, when it is made."}
      </Text>
      <CopyBlock label="curl command" code={curlExample(site, origin, createKey.data ?? null)} />
      {createKey.isError && <ProblemAlert error={createKey.error} />}
      {!createKey.isSuccess && (
        <Button
          mt="sm"
          size="xs"
          variant="default"
          loading={createKey.isPending}
          onClick={() => createKey.mutate()}
        >
          Make a write key and put it in
        </Button>
      )}
    </section>
  );
}
