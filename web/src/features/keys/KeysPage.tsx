import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { EmptyState } from "../../components/EmptyState";
import { PlusIcon } from "../../components/icons";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { ProblemAlert } from "../../components/ProblemAlert";
import { useNow } from "../../components/use-now";
import { useMayAsMember } from "../people/people";
import type { Site } from "../sites/sites";
import { KeyTable } from "./KeyTable";
import { type Key, type MadeKey, stateOf, useKeys, useMakeKey } from "./keys";
import { NewKey } from "./NewKey";

const MINUTE_MS = 60_000;

/** What sends events to the site, and what reads its numbers. */
export default function KeysPage({ site }: { site: Site }) {
  const [made, setMade] = useState<MadeKey | null>(null);
  const mayChange = useMayAsMember("POST /v1/sites/{site_id}/keys", site.organisation_id);
  const { data, problem, retry } = useKeys(site.site_id);
  return (
    <Parts>
      <PageHead title="Keys" hint={`Of ${site.domain} · all times in UTC`}>
        {mayChange && <MakeKey site={site} onMade={setMade} />}
      </PageHead>
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {made && <NewKey key={made.key_id} made={made} onClose={() => setMade(null)} />}
      {!data && !problem && <PageSkeleton heights={[240]} />}
      {data && <Keys site={site} keys={data} mayChange={mayChange} onMade={setMade} />}
    </Parts>
  );
}

function MakeKey({ site, onMade }: { site: Site; onMade: (made: MadeKey) => void }) {
  const make = useMakeKey(site.site_id);
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button
          size="xs"
          leftSection={<PlusIcon />}
          disabled={make.isPending}
          onClick={() => make.mutate("ingest", { onSuccess: onMade })}
        >
          Make a write key
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<PlusIcon />}
          disabled={make.isPending}
          onClick={() => make.mutate("read", { onSuccess: onMade })}
        >
          Make a read key
        </Button>
      </Group>
      {make.isError && <ProblemAlert error={make.error} />}
    </Stack>
  );
}

interface KeysProps {
  site: Site;
  keys: readonly Key[];
  mayChange: boolean;
  onMade: (made: MadeKey) => void;
}

function Keys({ site, keys, mayChange, onMade }: KeysProps) {
  const now = useNow(MINUTE_MS);
  const isOver = (key: Key) => ["ended", "revoked"].includes(stateOf(key, now));
  const [over, working] = [keys.filter(isOver), keys.filter((key) => !isOver(key))];
  const common = { site, now, onMade };
  return (
    <Parts>
      <Panel
        title="Keys that work"
        hint="A write key sends events from a server. A read key asks for numbers."
      >
        {working.length === 0 ? (
          <EmptyState title="No key works">
            {mayChange
              ? "The script tag needs none. Make a write key to send events from a server, a read key to ask for numbers."
              : "Owners and editors of the organisation make keys."}
          </EmptyState>
        ) : (
          <KeyTable keys={working} mayChange={mayChange} {...common} />
        )}
        {working.length > 0 && !mayChange && (
          <Text size="xs" c="dimmed" mt="sm">
            Owners and editors of the organisation make, rotate and revoke keys.
          </Text>
        )}
      </Panel>
      {over.length > 0 && (
        <Panel title="Keys of the past">
          <KeyTable keys={over} mayChange={false} {...common} />
        </Panel>
      )}
    </Parts>
  );
}
