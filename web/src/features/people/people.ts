import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Api, Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered, done } from "../../api/problem";
import { type Answer, useAnswer } from "../../api/use-answer";
import { type MembersRoute, mayAs, useClaims } from "../sign-in/roles";
import { useOrganisations } from "../sites/sites";

export type Member = Schema["MemberView"];
export type Invitation = Schema["InvitationView"];
export type MadeInvitation = Schema["MadeInvitation"];
export type MemberRole = Member["role"];

const PEOPLE = "people";

export function useMembers(organisationId: string): Answer<Member[]> {
  const api = useApi();
  return useAnswer({
    queryKey: [PEOPLE, organisationId, "members"],
    queryFn: async ({ signal }) => {
      const params = { path: { organisation_id: organisationId } };
      const answer = api.GET("/v1/organisations/{organisation_id}/members", { params, signal });
      return (await answered(answer)).members;
    },
  });
}

/** What the person who is signed in is in an organisation; null for no member, and until it is known. */
function useOwnRole(organisationId: string): MemberRole | null {
  const { data } = useMembers(organisationId);
  const { subject } = useClaims();
  return data?.find((member) => member.subject === subject)?.role ?? null;
}

/** Whether the API lets the person who is signed in call it for an organisation; not until that is known. */
export function useMayAsMember(route: MembersRoute, organisationId: string): boolean {
  const role = useOwnRole(organisationId);
  return role !== null && mayAs(role, route);
}

/** Empty until it is known. */
export function useOrganisationName(organisationId: string): string {
  const { data } = useOrganisations();
  return data?.find(({ organisation_id }) => organisation_id === organisationId)?.name ?? "";
}

export function useChangeRole(organisationId: string, subject: string) {
  const params = { path: { organisation_id: organisationId, subject } };
  return usePeopleChange(organisationId, (api, role: MemberRole) =>
    answered(api.PUT("/v1/organisations/{organisation_id}/members/{subject}", { params, body: { role } })),
  );
}

export function useRemove(organisationId: string, subject: string) {
  const params = { path: { organisation_id: organisationId, subject } };
  return usePeopleChange(organisationId, (api) =>
    done(api.DELETE("/v1/organisations/{organisation_id}/members/{subject}", { params })),
  );
}

/** Those that can still be accepted. */
export function useInvitations(organisationId: string): Answer<Invitation[]> {
  const api = useApi();
  return useAnswer({
    queryKey: [PEOPLE, organisationId, "invitations"],
    queryFn: async ({ signal }) => {
      const params = { path: { organisation_id: organisationId } };
      const answer = api.GET("/v1/organisations/{organisation_id}/invitations", { params, signal });
      return (await answered(answer)).invitations;
    },
  });
}

/** The token is in this answer alone. */
export function useInvite(organisationId: string) {
  const params = { path: { organisation_id: organisationId } };
  return usePeopleChange(organisationId, (api, body: Schema["NewInvitation"]) =>
    answered(api.POST("/v1/organisations/{organisation_id}/invitations", { params, body })),
  );
}

export function useWithdraw(organisationId: string, invitationId: string) {
  const params = { path: { organisation_id: organisationId, invitation_id: invitationId } };
  return usePeopleChange(organisationId, (api) =>
    done(api.DELETE("/v1/organisations/{organisation_id}/invitations/{invitation_id}", { params })),
  );
}

/** Whoever accepts sees more than before: everything is asked for anew. */
export function useAccept() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => answered(api.POST("/v1/invitations/acceptance", { body: { token } })),
    onSuccess: () => queries.invalidateQueries(),
  });
}

function usePeopleChange<T = void, A = void>(
  organisationId: string,
  change: (api: Api, wanted: T) => Promise<A>,
) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (wanted: T) => change(api, wanted),
    onSettled: () => queries.invalidateQueries({ queryKey: [PEOPLE, organisationId] }),
  });
}
