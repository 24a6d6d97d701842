import type { Schema } from "../../api/client";

type Dimensions = NonNullable<Schema["Query"]["dimensions"]>;
/** The dimensions that are shown; the API knows more. */
export type Dimension = Extract<
  Dimensions[number],
  | "event:page"
  | "visit:entry_page"
  | "visit:exit_page"
  | "visit:source"
  | "visit:channel"
  | "visit:country"
  | "visit:browser"
  | "visit:os"
  | "visit:device"
>;

/** How a dimension is shown. */
export interface Shown {
  title: string;
  /** One value, at the head of their column. */
  column: string;
  /** Many values, as in "Show all 12 pages", and the dimension's name beside others in a panel. */
  plural: string;
  /** What is said of a period without any value. */
  nothing: string;
  /** Whether the panel has a row of the page to itself: values are long. */
  isWide?: boolean;
  /** A value in words. */
  written?: (value: string) => string;
}

const NO_VISITS = "No visits in this period.";
const COUNTRY_NAMES = new Intl.DisplayNames("en", { type: "region" });

export const BREAKDOWNS: Record<Dimension, Shown> = {
  "event:page": {
    title: "Top pages",
    column: "Page",
    plural: "pages",
    nothing: "No pages were viewed in this period.",
    isWide: true,
  },
  "visit:entry_page": {
    title: "Top entry pages",
    column: "Entry page",
    plural: "entry pages",
    nothing: NO_VISITS,
    isWide: true,
  },
  "visit:exit_page": {
    title: "Top exit pages",
    column: "Exit page",
    plural: "exit pages",
    nothing: NO_VISITS,
    isWide: true,
  },
  "visit:source": {
    title: "Top sources",
    column: "Source",
    plural: "sources",
    nothing: NO_VISITS,
  },
  "visit:channel": {
    title: "Top channels",
    column: "Channel",
    plural: "channels",
    nothing: NO_VISITS,
  },
  "visit:country": {
    title: "Top countries",
    column: "Country",
    plural: "countries",
    nothing: NO_VISITS,
    written: countryName,
  },
  "visit:browser": {
    title: "Top browsers",
    column: "Browser",
    plural: "browsers",
    nothing: NO_VISITS,
  },
  "visit:os": {
    title: "Top operating systems",
    column: "Operating system",
    plural: "systems",
    nothing: NO_VISITS,
  },
  "visit:device": {
    title: "Top devices",
    column: "Device",
    plural: "devices",
    nothing: NO_VISITS,
  },
};

/** The dimensions of each panel; the first is shown until another is chosen. */
export const PANELS: readonly (readonly [Dimension, ...Dimension[]])[] = [
  ["event:page", "visit:entry_page", "visit:exit_page"],
  ["visit:source", "visit:channel"],
  ["visit:country"],
  ["visit:browser", "visit:os"],
  ["visit:device"],
];

/** `Germany` for `DE`; what is no code stays as it is. */
function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (COUNTRY_NAMES.of(code) ?? code) : code;
}
