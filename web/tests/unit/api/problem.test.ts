import { expect, test } from "vitest";
import { answered, fieldsOf, problemOf } from "../../../src/api/problem";

const answerOf = (status: number, body: { data?: unknown; error?: unknown }) =>
  answered(Promise.resolve({ ...body, response: new Response(null, { status }) }));

test("an answer with data is that data", async () => {
  await expect(answerOf(200, { data: { sites: [] } })).resolves.toEqual({ sites: [] });
});

test("a problem document becomes an error with its title, detail and places", async () => {
  const error = {
    title: "Unprocessable Content",
    detail: "date_range ends before it begins",
    errors: [
      { pointer: "#/date_range", detail: "ends before it begins" },
      { parameter: "cursor", detail: "is no number" },
    ],
  };
  await expect(answerOf(422, { error })).rejects.toMatchObject({
    status: 422,
    title: "Unprocessable Content",
    message: "date_range ends before it begins",
    items: [
      { where: "#/date_range", detail: "ends before it begins" },
      { where: "cursor", detail: "is no number" },
    ],
  });
});

test.each([[null], ["<html>"], [[1]], [{ detail: 7, errors: "none" }]])(
  "an error body that is no problem document (%j) still says the status",
  (body) => {
    expect(problemOf(502, body).message).toContain("502");
  },
);

test("a network that gives no answer is a problem that is worth another try", async () => {
  const answer = answered(Promise.reject(new TypeError("Failed to fetch")));
  await expect(answer).rejects.toMatchObject({ name: "ProblemError", status: 0, isWorthRetrying: true });
});

test.each([
  [400, false],
  [401, false],
  [403, false],
  [422, false],
  [429, true],
  [500, true],
  [503, true],
])("status %i is worth another try: %s", (status, expected) => {
  expect(problemOf(status, null).isWorthRetrying).toBe(expected);
});

test("a form is told all that is wrong with a field's values, without the paths to them", () => {
  const problem = problemOf(422, {
    errors: [
      { pointer: "#/pages/0", detail: "pages.0: 'admin' must be a path" },
      { pointer: "#/pages/2", detail: "pages.2: 'drafts' must be a path" },
      { pointer: "#/note", detail: "is too long" },
    ],
  });
  expect(fieldsOf(problem)).toEqual({
    pages: "'admin' must be a path; 'drafts' must be a path",
    note: "is too long",
  });
});
