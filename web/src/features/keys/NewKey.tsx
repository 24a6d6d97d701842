import { Button, Text } from "@mantine/core";
import { CopyBlock } from "../../components/CopyBlock";
import { Panel } from "../../components/Panel";
import { capital } from "../../components/words";
import type { MadeKey } from "./keys";
import { KINDS } from "./words";

/** The only time that a key is shown. */
export function NewKey({ made, onClose }: { made: MadeKey; onClose: () => void }) {
  const kind = KINDS[made.kind];
  return (
    <div role="status">
      <Panel title={`${capital(kind)} ${made.prefix}…`}>
        <Text size="sm" mb="xs">
          It is shown <strong>only now</strong>: copy it to where it is used.
        </Text>
        <CopyBlock label={kind} code={made.key} />
        <Button size="xs" mt="sm" onClick={onClose}>
          I have copied the key
        </Button>
      </Panel>
    </div>
  );
}
