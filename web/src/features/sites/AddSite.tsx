import { Button, Modal, Select, Stack, TextInput } from "@mantine/core";
import type { SubmitEvent } from "react";
import { ProblemAlert } from "../../components/ProblemAlert";
import {
  type NewSite,
  type Organisation,
  type Site,
  useCreateSite,
  useOrganisations,
  useOrganisationsToAddTo,
} from "./sites";

const ZONES = Intl.supportedValuesOf("timeZone");
const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function AddSiteDialog(props: {
  isOpen: boolean;
  onClose: () => void;
  onCreated: (site: Site) => void;
}) {
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title="Add a site" centered>
      <AddSiteForm onCreated={props.onCreated} />
    </Modal>
  );
}

export function AddSiteForm({ onCreated }: { onCreated: (site: Site) => void }) {
  const organisations = useOrganisations();
  const choices = useOrganisationsToAddTo();
  const create = useCreateSite();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    create.mutate(siteOf(new FormData(event.currentTarget)), { onSuccess: onCreated });
  };
  if (organisations.isError) {
    return <ProblemAlert error={organisations.error} onRetry={organisations.refetch} />;
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Domain"
          name="domain"
          placeholder="example.com"
          description="The host name that visitors see, without https://"
          inputMode="url"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          data-autofocus
        />
        <TextInput label="Name" name="name" placeholder="Our shop" description="Optional" />
        <Select
          label="Time zone"
          name="timezone"
          description="Days begin and end in this time zone"
          data={zones()}
          defaultValue={OWN_ZONE}
          searchable
          allowDeselect={false}
          limit={100}
        />
        <OrganisationField organisations={choices ?? []} isLoading={organisations.isPending} />
        {create.isError && <ProblemAlert error={create.error} />}
        <Button type="submit" mt="xs" loading={create.isPending} disabled={organisations.isPending}>
          Add the site
        </Button>
      </Stack>
    </form>
  );
}

/** Whose site it is: asked only where there is something to choose. */
function OrganisationField(props: { organisations: readonly Organisation[]; isLoading: boolean }) {
  const [only, ...others] = props.organisations;
  if (props.isLoading) return null;
  if (only === undefined) {
    return <TextInput label="Organisation" name="organisation_name" required withAsterisk={false} />;
  }
  if (others.length === 0) return <input type="hidden" name="organisation_id" value={only.organisation_id} />;
  const choices = props.organisations.map(({ organisation_id: value, name: label }) => ({ value, label }));
  return (
    <Select
      label="Organisation"
      name="organisation_id"
      data={choices}
      defaultValue={only.organisation_id}
      allowDeselect={false}
    />
  );
}

function siteOf(form: FormData): NewSite {
  const field = (name: string) => String(form.get(name) ?? "").trim();
  const id = field("organisation_id");
  return {
    name: field("name") || field("domain"),
    domain: field("domain"),
    timezone: field("timezone"),
    organisation: id === "" ? { newName: field("organisation_name") } : { id },
  };
}

/** Browsers leave UTC out of the list, and some know their own zone by a name that is not in it. */
function zones(): string[] {
  return [...new Set(["Etc/UTC", OWN_ZONE, ...ZONES])];
}
