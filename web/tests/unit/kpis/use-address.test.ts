import { expect, test } from "vitest";
import { worst } from "../../../src/features/kpis/use-address";
import { AVAILABILITY, ERROR_RATE, FIRING, INCIDENTS, LATENCY } from "../../support/kpi-samples";

test.each([
  ["a breach is worse than an alert", [{ ...AVAILABILITY, burn_alerts: FIRING }, LATENCY], "latency"],
  ["an alert is worse than silence", [INCIDENTS, { ...AVAILABILITY, burn_alerts: FIRING }], "availability"],
  ["silence is worse than too little data", [ERROR_RATE, INCIDENTS], "incidents"],
  [
    "among equals the first one stands",
    [AVAILABILITY, { ...LATENCY, ...AVAILABILITY, id: "latency" }],
    "availability",
  ],
])("%s", (_, kpis, id) => {
  expect(worst(kpis)?.id).toBe(id);
});

test("of no KPIs none is the worst", () => {
  expect(worst([])).toBeUndefined();
});
