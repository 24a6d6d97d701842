import { Button, Group } from "@mantine/core";
import { ProblemAlert } from "../../components/ProblemAlert";
import { dayOf } from "../../components/words";
import { type Format, type Owner, useExport } from "./audit";
import type { Filter } from "./filter";

const FORMATS: readonly { format: Format; label: string; type: string }[] = [
  { format: "csv", label: "Export as CSV", type: "text/csv" },
  { format: "jsonl", label: "Export as JSON lines", type: "application/jsonl" },
];

/** All rows of the filter, not only those that are shown. */
export function ExportButtons({ owner, filter }: { owner: Owner; filter: Filter }) {
  const exporting = useExport(owner, filter);
  return (
    <>
      <Group gap="xs">
        {FORMATS.map(({ format, label, type }) => (
          <Button
            key={format}
            size="xs"
            variant="default"
            loading={exporting.isPending && exporting.variables === format}
            disabled={exporting.isPending}
            onClick={() =>
              exporting.mutate(format, {
                onSuccess: (text) => save(new Blob([text], { type }), `audit-${dayOf(Date.now())}.${format}`),
              })
            }
          >
            {label}
          </Button>
        ))}
      </Group>
      {exporting.isError && <ProblemAlert error={exporting.error} />}
    </>
  );
}

function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
