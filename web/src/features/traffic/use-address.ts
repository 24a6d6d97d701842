import { useSearchParams } from "react-router";
import { isMetricName, type MetricName } from "./metrics";
import { type Range, rangeOf } from "./ranges";

export interface Address {
  range: Range;
  metric: MetricName;
  setRange: (name: string) => void;
  setMetric: (name: MetricName) => void;
}

/** What the page's address says, so that a link shows another person the same. */
export function useAddress(): Address {
  const [address, setAddress] = useSearchParams();
  const metric = address.get("metric");
  const put = (key: string, value: string) =>
    setAddress((before) => new URLSearchParams({ ...Object.fromEntries(before), [key]: value }), {
      replace: true,
    });
  return {
    range: rangeOf(address.get("range")),
    metric: isMetricName(metric) ? metric : "visitors",
    setRange: (name) => put("range", name),
    setMetric: (name) => put("metric", name),
  };
}
