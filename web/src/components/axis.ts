const STEP = 1024;
const MOST = 5;

const OF_UNIT = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
/** So that one of something is drawn small. */
const LEAST_COUNT = 4;
const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 172_800, 432_000,
  864_000,
];

/** Values for an axis of sizes that are round in binary units. */
export function sizeTicks(largest: number): number[] {
  const unit = STEP ** Math.max(0, Math.floor(Math.log(Math.max(largest, 1)) / Math.log(STEP)));
  return ticks(
    largest,
    OF_UNIT.map((each) => each * unit),
  );
}

/** Round values for an axis of durations in seconds. */
export function durationTicks(longest: number): number[] {
  return ticks(longest, SECONDS);
}

/** Whole numbers for an axis of counts. */
export function countTicks(largest: number): number[] {
  return ticks(Math.max(largest, LEAST_COUNT), COUNTS);
}

/** From 0 to the first that is not below the largest value. */
function ticks(largest: number, steps: readonly number[]): number[] {
  const step = steps.find((each) => largest / each <= MOST) ?? Math.ceil(largest / MOST);
  const count = Math.max(1, Math.ceil(largest / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
