import { expect, test } from "vitest";
import {
  bucketOf,
  longLabel,
  type Point,
  pointsOf,
  pointValue,
  shortLabel,
} from "../../../src/features/traffic/series";

const row = (label: string, value: number) => ({ metrics: [value], dimensions: [label] });
const values = (points: readonly Point[]) => points.map(({ past, current }) => [past, current]);

test("buckets without a row are zeros, and those to come are empty", () => {
  const points = pointsOf({
    rows: [row("2026-11-23 10:00:00", 5), row("2026-11-23 12:00:00", 2)],
    labels: ["09", "10", "11", "12", "13"].map((hour) => `2026-11-23 ${hour}:00:00`),
    column: 0,
    bucket: "time:hour",
    now: "2026-11-23 12:40",
  });
  expect(points.map(pointValue)).toEqual([0, 5, 0, 2, null]);
});

test("the line to the bucket that is not over is a part of its own", () => {
  const labels = ["2026-11-21", "2026-11-22", "2026-11-23"];
  const points = pointsOf({
    rows: labels.map((label, index) => row(label, index + 1)),
    labels,
    column: 0,
    bucket: "time:day",
    now: "2026-11-23 12:40",
  });
  expect(values(points)).toEqual([
    [1, null],
    [2, 2],
    [null, 3],
  ]);
});

test("a period that is over has no current bucket", () => {
  const labels = ["2026-11-01", "2026-11-02"];
  const rows = labels.map((label) => row(label, 4));
  const points = pointsOf({ rows, labels, column: 0, bucket: "time:day", now: "2026-11-23 12:40" });
  expect(values(points)).toEqual([
    [4, null],
    [4, null],
  ]);
});

test("the first bucket of a period can be the current one", () => {
  const labels = ["2026-11-01"];
  const points = pointsOf({
    rows: [row("2026-11-01", 9)],
    labels,
    column: 0,
    bucket: "time:month",
    now: "2026-11-23 12:40",
  });
  expect(values(points)).toEqual([[null, 9]]);
});

test("rows make the buckets where the API names none, in order of time", () => {
  const rows = [row("2026-11-02", 2), row("2026-11-01", 1)];
  const points = pointsOf({ rows, labels: [], column: 0, bucket: "time:day", now: "2026-11-23 12:40" });
  expect(points.map(({ label }) => label)).toEqual(["2026-11-01", "2026-11-02"]);
});

test("no buckets are no points", () => {
  expect(pointsOf({ rows: [], labels: [], column: 0, bucket: "time:day", now: "2026-11-23 12:40" })).toEqual(
    [],
  );
});

test.each([
  ["2026-11-23 14:05:00", "time:minute", "14:05", "Mon 23 Nov, 14:05"],
  ["2026-11-23 14:00:00", "time:hour", "14:00", "Mon 23 Nov, 14:00"],
  ["2026-10-25 02:00:00+01:00", "time:hour", "02:00", "Sun 25 Oct, 02:00"],
  ["2026-11-23", "time:day", "23 Nov", "Monday, 23 November 2026"],
  ["2026-11-23", "time:week", "23 Nov", "Week of 23 November 2026"],
  ["2026-11-01", "time:month", "Nov 26", "November 2026"],
  ["unforeseen", "time:day", "unforeseen", "unforeseen"],
] as const)("the label %s of %s reads %s, in full %s", (label, bucket, short, long) => {
  expect(shortLabel(label, bucket)).toBe(short);
  expect(longLabel(label, bucket)).toBe(long);
});

test("the bucket is the one that the API says it used", () => {
  expect(bucketOf(["time:week"])).toBe("time:week");
});
