import { useMutation } from "@tanstack/react-query";
import type { Api, Schema } from "../../api/client";
import { useApi } from "../../api/context";
import { answered, problemOf, unreachable } from "../../api/problem";
import { usePages } from "../../api/use-pages";
import { type Filter, queryOf } from "./filter";

export type Row = Schema["AuditRow"];
export type Finding = Schema["FindingView"];
export type Format = "csv" | "jsonl";

/** Whose trail; null is that of P09's operations. */
export type Owner =
  | { kind: "operations"; organisationId: string | null }
  | { kind: "organisation"; id: string };

const PAGE = 50;
const MOST = 5_000;
const EVERY_MS = 10_000;

/** Newest first. */
export function useTrail(owner: Owner, filter: Filter, isLive: boolean) {
  const api = useApi();
  return usePages({
    queryKey: ["audit", owner, filter],
    every: isLive && EVERY_MS,
    ask: ({ cursor }, signal) => {
      const from = cursor ?? filter.before;
      return answered(read(api, owner, { ...queryOf(filter), limit: PAGE, ...cursorOf(from) }, signal));
    },
  });
}

/** All rows of a filter as one text, from however many pages. */
export function useExport(owner: Owner, filter: Filter) {
  const api = useApi();
  return useMutation({
    gcTime: 0,
    mutationFn: async (format: Format) => {
      const parts: string[] = [];
      let cursor: string | null = filter.before;
      do {
        const { text, next } = await exported(api, owner, filter, format, cursor);
        // Each page of CSV begins with the line of names.
        parts.push(format === "csv" && parts.length > 0 ? text.slice(text.indexOf("\n") + 1) : text);
        cursor = next;
      } while (cursor !== null);
      return parts.join("");
    },
  });
}

export interface Verification {
  verified: number;
  until: number;
  isAnchored: boolean;
  findings: Finding[];
}

/** Reads a whole chain, part by part; `onPart` is told how far it is. */
export function useVerify(owner: Owner, onPart: (verified: number) => void) {
  const api = useApi();
  return useMutation({
    mutationFn: async (): Promise<Verification> => {
      const whole: Verification = { verified: 0, until: 0, isAnchored: false, findings: [] };
      let cursor: string | null = null;
      do {
        const part: Schema["AuditVerification"] = await answered(verified(api, owner, cursorOf(cursor)));
        whole.verified += part.verified;
        whole.until = part.until;
        whole.isAnchored ||= part.anchors > 0;
        whole.findings.push(...part.findings);
        cursor = part.next_cursor;
        onPart(whole.verified);
      } while (cursor !== null);
      return whole;
    },
  });
}

type Query = ReturnType<typeof queryOf> & { limit: number; cursor?: number };

function read(api: Api, owner: Owner, query: Query, signal: AbortSignal) {
  if (owner.kind === "operations") {
    const whose = owner.organisationId && { organisation_id: owner.organisationId };
    return api.GET("/v1/audit", { params: { query: { ...query, ...whose } }, signal });
  }
  const path = { organisation_id: owner.id };
  return api.GET("/v1/organisations/{organisation_id}/audit", { params: { path, query }, signal });
}

function verified(api: Api, owner: Owner, query: { cursor?: number }) {
  if (owner.kind === "operations") {
    const whose = owner.organisationId && { organisation_id: owner.organisationId };
    return api.GET("/v1/audit/verification", { params: { query: { ...query, ...whose } } });
  }
  const path = { organisation_id: owner.id };
  return api.GET("/v1/organisations/{organisation_id}/audit/verification", { params: { path, query } });
}

async function exported(api: Api, owner: Owner, filter: Filter, format: Format, cursor: string | null) {
  const query = { ...queryOf(filter), limit: MOST, format, ...cursorOf(cursor) };
  const { data, error, response } = await asText(api, owner, query).catch(unreachable);
  if (data === undefined) throw problemOf(response.status, error);
  return { text: data, next: response.headers.get("x-next-cursor") };
}

function asText(api: Api, owner: Owner, query: Query & { format: Format }) {
  if (owner.kind === "operations") {
    const whose = owner.organisationId && { organisation_id: owner.organisationId };
    return api.GET("/v1/audit", { params: { query: { ...query, ...whose } }, parseAs: "text" });
  }
  const path = { organisation_id: owner.id };
  return api.GET("/v1/organisations/{organisation_id}/audit", { params: { path, query }, parseAs: "text" });
}

function cursorOf(cursor: string | null | undefined): { cursor?: number } {
  return cursor ? { cursor: Number(cursor) } : {};
}
