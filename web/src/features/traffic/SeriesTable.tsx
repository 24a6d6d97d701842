import { VisuallyHidden } from "@mantine/core";
import { Columns } from "../../components/Columns";
import type { Metric } from "./metrics";
import type { Bucket } from "./ranges";
import { longLabel, type Point, pointValue } from "./series";

/** The chart's numbers for those who can't see it. */
export function SeriesTable(props: { points: readonly Point[]; metric: Metric; bucket: Bucket }) {
  const { points, metric, bucket } = props;
  return (
    <VisuallyHidden>
      <table>
        <caption>{metric.label} over time</caption>
        <Columns of={["Time", metric.label]} />
        <tbody>
          {points.map((point) => (
            <tr key={point.label}>
              <th scope="row">{longLabel(point.label, bucket)}</th>
              <td>{metric.format(pointValue(point))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  );
}
