import type { Site } from "./sites";

export function scriptTag(site: Site, origin: string): string {
  return `<script defer data-domain="${site.domain}" src="${origin}/js/script.js"></script>`;
}

export function curlExample(site: Site, origin: string, writeKey: string | null): string {
  const event = { name: "pageview", url: `https://${site.domain}/`, visitor_id: "visitor-1" };
  return [
    `curl ${origin}/v1/events \\`,
    `  -H 'Authorization: Bearer ${writeKey ?? "YOUR_WRITE_KEY"}' \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d '${JSON.stringify({ events: [event] })}'`,
  ].join("\n");
}
