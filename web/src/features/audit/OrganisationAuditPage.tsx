import { Stack } from "@mantine/core";
import { PageHead } from "../../components/PageHead";
import { useOrganisationName } from "../people/people";
import type { Site } from "../sites/sites";
import { Chain } from "./Chain";

/** Who did what in the site's organisation, for its owners. */
export default function OrganisationAuditPage({ site: { organisation_id: id } }: { site: Site }) {
  const name = useOrganisationName(id);
  return (
    <Stack gap="md">
      <PageHead
        title="Audit"
        hint={`${name === "" ? "Of the site’s organisation" : `Of the organisation ${name}`} · all times in UTC`}
      />
      {/* Another chain is another page: what was found in one is not shown beside the other. */}
      <Chain key={id} owner={{ kind: "organisation", id }} />
    </Stack>
  );
}
