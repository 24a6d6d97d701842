/**
 * The document without the regular expressions of its strings. They tell readers nothing that descriptions don't, and the
 * renderer would make examples of random characters from them.
 */
export function withoutPatterns<Part>(part: Part): Part {
  if (Array.isArray(part)) return part.map(withoutPatterns) as Part;
  if (typeof part !== "object" || part === null) return part;
  const kept = Object.entries(part).filter(([key, value]) => !isPattern(key, value));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutPatterns(value)])) as Part;
}

/** A property may be called `pattern`, too: its value is a schema. */
function isPattern(key: string, value: unknown): boolean {
  return (key === "pattern" && typeof value === "string") || key === "patternProperties";
}
