import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Api, Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import { mayAs, useMay } from "../sign-in/roles";

export type Site = Schema["SiteView"];
export type Organisation = Schema["OrganisationView"];

export interface NewSite {
  name: string;
  domain: string;
  timezone: string;
  /** An organisation that exists, or the name of one to be made. */
  organisation: { id: string } | { newName: string };
}

type SiteList = Schema["SiteList"];

const SITES = ["sites"];
const ORGANISATIONS = ["organisations"];

export function useSites() {
  const api = useApi();
  return useQuery({ queryKey: SITES, queryFn: ({ signal }) => everySite(api, signal) });
}

export function useOrganisations() {
  const api = useApi();
  return useQuery({
    queryKey: ORGANISATIONS,
    queryFn: async ({ signal }) => (await answered(api.GET("/v1/organisations", { signal }))).organisations,
  });
}

/** The organisations that the person may add a site to; undefined until they are known. */
export function useOrganisationsToAddTo(): readonly Organisation[] | undefined {
  const { data } = useOrganisations();
  return data?.filter(({ role }) => mayAs(role, "POST /v1/sites"));
}

/** Whether the person may add a site, to an organisation of theirs or to one that they make; not until that is known. */
export function useMayAddSite(): boolean {
  const organisations = useOrganisationsToAddTo();
  const mayMake = useMay("POST /v1/organisations");
  return organisations !== undefined && (organisations.length > 0 || mayMake);
}

export function useCreateSite() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (site: NewSite) => createSite(api, site),
    onSettled: () =>
      Promise.all([SITES, ORGANISATIONS].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

/** A key is shown once, in the answer that makes it; afterwards only its prefix is known. */
export function useCreateWriteKey(siteId: string) {
  const api = useApi();
  return useMutation({
    mutationFn: async () => {
      const path = { site_id: siteId };
      const answer = api.POST("/v1/sites/{site_id}/keys", { params: { path }, body: { kind: "ingest" } });
      return (await answered(answer)).key;
    },
  });
}

async function everySite(api: Api, signal: AbortSignal): Promise<Site[]> {
  const sites: Site[] = [];
  let cursor: string | null = "0";
  while (cursor !== null) {
    const query = { cursor: Number(cursor) };
    const page: SiteList = await answered(api.GET("/v1/sites", { params: { query }, signal }));
    sites.push(...page.sites);
    cursor = page.next_cursor;
  }
  return sites;
}

async function createSite(api: Api, { organisation, ...site }: NewSite): Promise<Site> {
  const id = "id" in organisation ? organisation.id : await createOrganisation(api, organisation.newName);
  return answered(api.POST("/v1/sites", { body: { ...site, organisation_id: id } }));
}

async function createOrganisation(api: Api, name: string): Promise<string> {
  return (await answered(api.POST("/v1/organisations", { body: { name } }))).organisation_id;
}
