import { expect, test } from "vitest";
import { leftOutInWords } from "../../../src/features/traffic/left-out";

const NO_BOTS = { visitors: 0, events: 0 };

test("bots come before what the site excludes, each with its events", () => {
  const excluded = { address: 3, country: 1_200, hostname: 2, page: 1 };
  expect(leftOutInWords({ bots: { visitors: 1, events: 40 }, excluded })).toBe(
    "1 bot with 40 events; 3 events from excluded addresses, 1,200 events from excluded countries, " +
      "2 events from hosts that are not allowed, 1 event on excluded pages",
  );
});

test("bots are told alone", () => {
  expect(leftOutInWords({ bots: { visitors: 12, events: 1 }, excluded: {} })).toBe("12 bots with 1 event");
});

test("a reason that the console does not know is told by its name", () => {
  expect(leftOutInWords({ bots: NO_BOTS, excluded: { weather: 2 } })).toBe("2 events excluded by weather");
});

test("there are no words for nothing", () => {
  expect(leftOutInWords({ bots: NO_BOTS, excluded: { page: 0 } })).toBe("");
});
