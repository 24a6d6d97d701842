import classes from "./Value.module.css";

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 4 });

/** A value of the evidence, which is any JSON: what has parts is shown as it stands in the record. */
export function Value({ value }: { value: unknown }) {
  if (value === undefined || value === null) return "–";
  if (typeof value === "number") return number.format(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  const text = JSON.stringify(value, null, 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <pre className={classes.structure} tabIndex={0}>
      {text}
    </pre>
  );
}
