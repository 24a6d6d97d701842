import { useQuery } from "@tanstack/react-query";
import { useApi } from "../../api/context";
import { answered } from "../../api/problem";
import type { Site } from "../sites/sites";
import { formatCount } from "./metrics";
import classes from "./VisitorsNow.module.css";

const EVERY_MS = 5_000;

/** How many people were on the site in the last five minutes. Says nothing while it does not know. */
export function VisitorsNow({ site, isLive }: { site: Site; isLive: boolean }) {
  const api = useApi();
  const path = { site_id: site.site_id };
  const now = useQuery({
    queryKey: ["visitors-now", site.site_id],
    refetchInterval: isLive && EVERY_MS,
    queryFn: async ({ signal }) =>
      (await answered(api.GET("/v1/sites/{site_id}/live", { params: { path }, signal }))).visitors,
  });
  if (!now.isSuccess) return null;
  return (
    <span className={classes.now} title="Visitors with an event in the last five minutes">
      <strong>{formatCount(now.data)}</strong> {now.data === 1 ? "visitor" : "visitors"} now
    </span>
  );
}
