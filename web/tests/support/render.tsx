import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import axe from "axe-core";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { expect } from "vitest";
import { createApi } from "../../src/api/client";
import { ApiContext } from "../../src/api/context";
import { cssVariables, theme } from "../../src/app/theme";
import { Cognito } from "../../src/features/sign-in/cognito";
import { Session } from "../../src/features/sign-in/session";
import { SessionContext } from "../../src/features/sign-in/use-session";
import type { FakeServer } from "./fake-server";

/** Renders what stands behind the sign-in, at an address, in front of a server. What a boundary catches fails a test that does not take it. */
export function renderSignedIn(
  page: ReactNode,
  server: FakeServer,
  address = "/",
  token = "token",
  onCaughtError?: (error: unknown) => void,
) {
  server.install();
  sessionStorage.setItem("p09.session", JSON.stringify({ ...SIGNED_IN, accessToken: token }));
  const session = new Session(new Cognito({ endpoint: "http://identity.test/", clientId: "app" }));
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} env="test">
      <SessionContext value={session}>
        <ApiContext value={createApi(session, server.fetch)}>
          <QueryClientProvider client={queries}>
            <MemoryRouter initialEntries={[address]}>{page}</MemoryRouter>
          </QueryClientProvider>
        </ApiContext>
      </SessionContext>
    </MantineProvider>,
    onCaughtError && { onCaughtError },
  );
}

export const SIGNED_IN = {
  username: "ada",
  accessToken: "token",
  refreshToken: "refresh",
  expiresAt: Date.UTC(2100, 0),
  clientId: "app",
};

/** An access token as Cognito makes it, as far as this app reads it. */
export function tokenOf(groups: readonly string[], more: object = {}): string {
  const claims = new TextEncoder().encode(JSON.stringify({ sub: "ada", "cognito:groups": groups, ...more }));
  const payload = btoa(String.fromCharCode(...claims));
  return `header.${payload.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}.signature`;
}

/** Everything that axe can judge without a layout; contrast is judged in a browser. */
export async function expectNoAxeFindings(): Promise<void> {
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

export function metricTile(name: string): HTMLElement {
  return screen.getByRole("button", { name: new RegExp(`^${name}`) });
}
