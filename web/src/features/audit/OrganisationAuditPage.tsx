import { Stack } from "@mantine/core";
import { PageHead } from "../../components/PageHead";
import { Panel } from "../../components/Panel";
import { useOrganisationName } from "../people/people";
import type { Site } from "../sites/sites";
import { Trail } from "./Trail";

/** Who did what in the site's organisation, for its owners. */
export default function OrganisationAuditPage({ site: { organisation_id: id } }: { site: Site }) {
  const name = useOrganisationName(id);
  return (
    <Stack gap="md">
      <PageHead
        title="Audit"
        hint={`${name === "" ? "Of the site’s organisation" : `Of the organisation ${name}`} · all times in UTC`}
      />
      <Panel
        title="Who did what"
        hint="Newest first. Choose a name, an action or a subject to see only its rows."
      >
        <Trail owner={{ kind: "organisation", id }} />
      </Panel>
    </Stack>
  );
}
