import { Stack, Text, TextInput } from "@mantine/core";
import detail from "../../components/detail.module.css";
import { ProblemAlert } from "../../components/ProblemAlert";
import { formatCount } from "../../components/words";
import { usePreview } from "./drills";
import { formatExact } from "./words";

const KINDS = ["acts", "organisations", "sites", "keys", "people", "invitations"] as const;

/** What a promotion discards, and the words by which a person confirms it. */
export function DiscardPreview({ drillId }: { drillId: string }) {
  const { data, problem } = usePreview(drillId);
  if (problem) return <ProblemAlert error={problem} />;
  if (!data) return <Text size="sm">Reading the preview</Text>;
  return (
    <Stack gap="xs">
      <Text size="sm">
        {data.source === "lost"
          ? "The running database can’t be read: nobody knows what it holds."
          : `As of ${formatExact(data.at)}, a promotion discards:`}
      </Text>
      <dl className={detail.facts}>
        {KINDS.filter((kind) => data[kind]).map((kind) => (
          <div key={kind}>
            <dt>{kind}</dt>
            <dd>{formatCount(Number(data[kind]?.count ?? 0))}</dd>
          </div>
        ))}
        {data.events && (
          <div>
            <dt>events drained again</dt>
            <dd>{formatCount(data.events.drained_again ?? 0)}</dd>
          </div>
        )}
      </dl>
      <TextInput
        name="confirm"
        label="Say what is discarded"
        description={`Type: ${data.confirmation}`}
        required
        withAsterisk={false}
        autoComplete="off"
      />
    </Stack>
  );
}
