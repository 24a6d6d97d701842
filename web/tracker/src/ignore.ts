import { currentPage, options } from "./options";

type Signals = Record<"doNotTrack" | "globalPrivacyControl", number>;

/** Why an event is not sent, by the option that decides; nothing when it is sent. */
export function reasonToIgnore(name: string): string | undefined {
  const DEVELOPMENT = /^(file|https?:\/\/(localhost|127[\d.]+|\[::1])[:/])/;
  const isDevelopment = DEVELOPMENT.test(location.href) || navigator.webdriver || "Cypress" in window;
  if (isDevelopment && !options.captureOnLocalhost) return "captureOnLocalhost";
  try {
    if (localStorage.plausible_ignore === "true") return "plausible_ignore";
  } catch {
    // Storage is forbidden here: nobody can have opted out.
  }
  for (const signal of ["doNotTrack", "globalPrivacyControl"] as const) {
    // Browsers say "1", true, "unspecified" or null.
    if (options[signal] && (navigator as unknown as Signals)[signal] > 0) return signal;
  }
  const { include, exclude } = options;
  if (name === "pageview" && ((include && !lists(include)) || (exclude && lists(exclude)))) return "exclude";
  return undefined;
}

function lists(patterns: string | string[]): boolean {
  return `${patterns}`.split(",").some((pattern) => {
    const wild = pattern
      .trim()
      .replace(/\*+|[^\w/]/g, (found) => (found[1] ? ".*" : found === "*" ? "[^/]*" : `\\${found}`));
    return RegExp(`^${wild}/?$`).test(currentPage());
  });
}
