import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { beforeEach, expect, test } from "vitest";
import ReviewPage from "../../../src/features/reviews/ReviewPage";
import { FakeIncidents } from "../../support/fake-incidents";
import { REVIEW } from "../../support/incident-samples";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

let server: FakeIncidents;
const ADDRESS = `/v1/reviews/${REVIEW.id}`;

beforeEach(() => {
  server = new FakeIncidents();
});

function open(role = "P09-SRE") {
  const page = (
    <Routes>
      <Route path="/operations/reviews/:reviewId" element={<ReviewPage />} />
    </Routes>
  );
  return renderSignedIn(page, server, `/operations/reviews/${REVIEW.id}`, tokenOf([role]));
}

test("a review says what it is about, what is written, what is done and what keeps it open", async () => {
  open();
  expect(await screen.findByText("Overdue")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "INC-20261104-101500-e5f6" })).toBeInTheDocument();
  expect(screen.getByRole("region", { name: "Actions" })).toHaveTextContent(
    "DroppedAdd a second user poolgrace · due 20 Nov · Costs more than it helps",
  );
  const closing = screen.getByRole("region", { name: "Close the review" });
  expect(closing).toHaveTextContent("Contributing factors are not written");
  expect(within(closing).getByRole("button", { name: "Close it" })).toBeDisabled();
  await expectNoAxeFindings();
});

test("its sections are written and saved", async () => {
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Write" }));
  await userEvent.type(screen.getByLabelText("Contributing factors"), "No alarm on latency");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("No alarm on latency")).toBeInTheDocument();
  expect(server.requestsTo(`PATCH ${ADDRESS}`)[0]?.body).toEqual({
    owner: "linus",
    summary: REVIEW.summary,
    impact: REVIEW.impact,
    contributing_factors: "No alarm on latency",
    went_well: "",
  });
});

test("an action is added with an owner and a date", async () => {
  open();
  const form = within(await screen.findByRole("form", { name: "Add an action" }));
  await userEvent.type(form.getByLabelText("Action"), "Load-test sign-in");
  await userEvent.type(form.getByLabelText("Owner"), "ada");
  await userEvent.type(form.getByLabelText("Due"), "2026-12-15");
  await userEvent.click(form.getByRole("button", { name: "Add" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST ${ADDRESS}/actions`)[0]?.body).toEqual({
      title: "Load-test sign-in",
      owner: "ada",
      due: "2026-12-15",
    }),
  );
});

test("an action is done, or dropped with a reason", async () => {
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Done: Alarm on the latency of sign-in" }));
  await waitFor(() =>
    expect(server.requestsTo(`PATCH ${ADDRESS}/actions/A1`)[0]?.body).toEqual({ state: "done" }),
  );
  await userEvent.click(screen.getByRole("button", { name: "Drop: Alarm on the latency of sign-in" }));
  await userEvent.type(screen.getByLabelText("Why is it dropped?"), "Cognito has one");
  await userEvent.click(screen.getByRole("button", { name: "Drop it" }));
  await waitFor(() =>
    expect(server.requestsTo(`PATCH ${ADDRESS}/actions/A1`)[1]?.body).toEqual({
      state: "dropped",
      reason: "Cognito has one",
    }),
  );
});

test("it is closed once nothing is missing", async () => {
  server.review.missing = [];
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Close it" }));
  await waitFor(() => expect(server.requestsTo(`POST ${ADDRESS}/close`)).toHaveLength(1));
});

test("an auditor reads it and is offered nothing to do", async () => {
  open("P09-Auditor");
  await screen.findByText("Overdue");
  expect(screen.queryByRole("button", { name: "Write" })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Close it" })).not.toBeInTheDocument();
});
