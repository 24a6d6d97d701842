import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import AccountPage from "../../../src/features/sign-in/AccountPage";
import { FakeServer, json } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn } from "../../support/render";

let server: FakeServer;
let has: string[];
let code: string;
let isDisabled: boolean;

beforeEach(() => {
  has = [];
  code = "123456";
  isDisabled = false;
  server = new FakeServer().on("POST /", ({ headers, body }) => {
    const operation = headers.get("X-Amz-Target")?.split(".").at(-1);
    const sent = body as { UserCode?: string; SoftwareTokenMfaSettings?: { Enabled: boolean } };
    if (isDisabled) return json({ __type: "NotAuthorizedException", message: "User is disabled." }, 400);
    if (operation === "GetUser") return json({ UserMFASettingList: has });
    if (operation === "AssociateSoftwareToken") return json({ SecretCode: "ABCDEFGH" });
    if (operation === "VerifySoftwareToken" && sent.UserCode !== code) {
      return json({ __type: "EnableSoftwareTokenMFAException", message: "Code mismatch" }, 400);
    }
    return json({ Status: "SUCCESS" });
  });
});

function settings() {
  return server.received
    .map(({ body }) => (body as { SoftwareTokenMfaSettings?: object }).SoftwareTokenMfaSettings)
    .filter((set) => set !== undefined);
}

test("one-time codes are turned on with a code of the app that was given the secret", async () => {
  renderSignedIn(<AccountPage />, server);
  await userEvent.click(await screen.findByRole("button", { name: "Set up one-time codes" }));
  await screen.findByText("ABCD EFGH");
  await userEvent.type(screen.getByLabelText("One-time code"), "000000{Enter}");
  await expect.poll(() => document.activeElement).toBe(screen.getByLabelText("One-time code"));
  expect(screen.getByLabelText("One-time code")).toHaveAccessibleDescription(/not the code/);
  expect(settings()).toEqual([]);
  await userEvent.clear(screen.getByLabelText("One-time code"));
  await userEvent.type(screen.getByLabelText("One-time code"), `${code}{Enter}`);
  expect(await screen.findByRole("status")).toHaveTextContent(/^On\./);
  expect(settings()).toEqual([{ Enabled: true, PreferredMfa: true }]);
  await expectNoAxeFindings();
});

test("one-time codes are turned off again", async () => {
  has = ["SOFTWARE_TOKEN_MFA"];
  renderSignedIn(<AccountPage />, server);
  await userEvent.click(await screen.findByRole("button", { name: "Turn off one-time codes" }));
  expect(await screen.findByRole("status")).toHaveTextContent(/^Off\./);
  expect(settings()).toEqual([{ Enabled: false, PreferredMfa: false }]);
});

test("somebody who was disabled meanwhile is signed out", async () => {
  isDisabled = true;
  renderSignedIn(<AccountPage />, server);
  await expect.poll(() => sessionStorage.length).toBe(0);
});
