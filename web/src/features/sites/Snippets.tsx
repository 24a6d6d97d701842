import { Button, Stack, Text, Title } from "@mantine/core";
import { CopyBlock } from "../../components/CopyBlock";
import { ProblemAlert } from "../../components/ProblemAlert";
import { useMayAsMember } from "../people/people";
import { type Site, useCreateWriteKey } from "./sites";
import { curlExample, scriptTag } from "./snippets";

export function Snippets({ site }: { site: Site }) {
  const origin = window.location.origin;
  return (
    <Stack gap="xl">
      <section>
        <Title order={2} size="h5" mb={4}>
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
  const mayCreate = useMayAsMember("POST /v1/sites/{site_id}/keys", site.organisation_id);
  return (
    <section>
      <Title order={2} size="h5" mb={4}>
        From a server or a shell
      </Title>
      <Text size="sm" c="dimmed" mb="xs" aria-live="polite">
        {createKey.isSuccess
          ? "The key in this command is shown only now: copy it before you leave."
          : "A write key is shown once, when it is made. A site can have many."}
      </Text>
      <CopyBlock label="curl command" code={curlExample(site, origin, createKey.data ?? null)} />
      {createKey.isError && <ProblemAlert error={createKey.error} />}
      {!mayCreate && (
        <Text size="xs" c="dimmed" mt="sm">
          Owners and editors of the organisation make keys.
        </Text>
      )}
      {mayCreate && !createKey.isSuccess && (
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
