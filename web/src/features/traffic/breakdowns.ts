import type { Schema } from "../../api/client";

type Dimensions = NonNullable<Schema["Query"]["dimensions"]>;
/** The dimensions that have a panel; the API knows more. */
export type Dimension = Extract<Dimensions[number], "event:page" | "visit:source" | "visit:country">;

/** The panel of a dimension. */
export interface BreakdownPanel {
  title: string;
  /** One value, at the head of their column. */
  column: string;
  /** Many values, as in "Show all 12 pages". */
  plural: string;
  /** What is said of a period without any value. */
  nothing: string;
  /** Whether the panel has a row of the page to itself: values are long. */
  isWide?: boolean;
  /** A value in words. */
  written?: (value: string) => string;
}

const COUNTRY_NAMES = new Intl.DisplayNames("en", { type: "region" });

export const BREAKDOWNS: Record<Dimension, BreakdownPanel> = {
  "event:page": {
    title: "Top pages",
    column: "Page",
    plural: "pages",
    nothing: "No pages were viewed in this period.",
    isWide: true,
  },
  "visit:source": {
    title: "Top sources",
    column: "Source",
    plural: "sources",
    nothing: "No visits in this period.",
  },
  "visit:country": {
    title: "Top countries",
    column: "Country",
    plural: "countries",
    nothing: "No visits in this period.",
    written: countryName,
  },
};

export const DIMENSIONS = Object.keys(BREAKDOWNS) as Dimension[];

/** `Germany` for `DE`; what is no code stays as it is. */
function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (COUNTRY_NAMES.of(code) ?? code) : code;
}
