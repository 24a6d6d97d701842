import type { Exclusions } from "./exclusions";

export interface Field {
  name: keyof Exclusions;
  label: string;
  help: string;
  example: string;
  /** What is said of an empty field to those who may not fill it in. */
  empty: string;
}

export const FIELDS: readonly Field[] = [
  {
    name: "addresses",
    label: "Addresses",
    help: "IP addresses or ranges of them, such as those of your office.",
    example: "203.0.113.9\n198.51.100.0/24",
    empty: "None",
  },
  {
    name: "hostnames",
    label: "Allowed hosts",
    help: "Only events from these hosts count; leave it empty to count all. * stands for any characters.",
    example: "shop.example\n*.shop.example",
    empty: "All",
  },
  {
    name: "pages",
    label: "Pages",
    help: "Paths of pages. * stands for any characters except a slash, ** for any characters.",
    example: "/admin/**\n/drafts/*",
    empty: "None",
  },
  {
    name: "countries",
    label: "Countries",
    help: "Codes of two letters (ISO 3166-1), such as DE for Germany.",
    example: "DE\nUS",
    empty: "None",
  },
];

/** What a form says, a value on each line. */
export function exclusionsIn(form: FormData): Exclusions {
  const lines = (name: string) =>
    String(form.get(name) ?? "")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  return {
    addresses: lines("addresses"),
    hostnames: lines("hostnames"),
    pages: lines("pages"),
    countries: lines("countries"),
  };
}
