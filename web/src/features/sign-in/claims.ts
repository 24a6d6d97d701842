/** What every group of the people who operate P09 begins with. */
export const OPERATIONS = "P09-";

export interface Claims {
  groups: readonly string[];
  /** Who it is, for ever; and the name that records give. Null where the token does not tell. */
  subject: string | null;
  username: string | null;
}

/**
 * What an access token says of its bearer. It decides what is offered, never what is allowed: that is the API's to say,
 * so a token that can't be read simply says nothing.
 */
export function claimsOf(accessToken: string): Claims {
  const claims = parsed(accessToken.split(".")[1] ?? "");
  const groups = claims["cognito:groups"];
  return {
    groups: Array.isArray(groups) ? groups.map(String) : [],
    subject: typeof claims.sub === "string" ? claims.sub : null,
    username: text(claims.p09_name) ?? text(claims.username),
  };
}

function text(claim: unknown): string | null {
  return typeof claim === "string" && claim !== "" ? claim : null;
}

function parsed(payload: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(decoded(payload));
    return typeof claims === "object" && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}

function decoded(base64Url: string): string {
  const bytes = atob(base64Url.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
