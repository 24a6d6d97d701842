import { Button, Group, TextInput } from "@mantine/core";
import type { SubmitEvent } from "react";
import { useSearchParams } from "react-router";
import { PageHead } from "../../components/PageHead";
import { Parts } from "../../components/Parts";
import { Chain } from "./Chain";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Who did what in operations, or in an organisation, and whether that is still as it was written. */
export default function AuditPage() {
  const [address] = useSearchParams();
  const asked = address.get("organisation");
  const organisationId = asked !== null && ID.test(asked) ? asked : null;
  return (
    <Parts>
      <PageHead
        title="Audit"
        hint={`${organisationId ? "Of one organisation" : "Of P09’s own operations"} · all times in UTC`}
      />
      {/* Another chain is another page: what was found in one is not shown beside the other. */}
      <Chain key={organisationId} owner={{ kind: "operations", organisationId }}>
        <WhoseForm organisationId={organisationId} />
      </Chain>
    </Parts>
  );
}

/** Whose trail: an organisation is known by its id. */
function WhoseForm({ organisationId }: { organisationId: string | null }) {
  const [, setAddress] = useSearchParams();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const id = String(new FormData(event.currentTarget).get("organisation")).trim();
    setAddress(id === "" ? {} : { organisation: id });
  };
  return (
    <form onSubmit={submit} aria-label="Whose trail">
      <Group gap="xs" align="end" mb="sm">
        <TextInput
          name="organisation"
          size="xs"
          label="Organisation’s id"
          placeholder="P09’s own operations"
          defaultValue={organisationId ?? ""}
          pattern="[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
          autoComplete="off"
          spellCheck={false}
          flex="1 1 16rem"
          maw="22rem"
        />
        <Button type="submit" size="xs" variant="default">
          Show its trail
        </Button>
      </Group>
    </form>
  );
}
