import table from "./table.module.css";

/** By its name; a roomy one is left out where there is no room, one at the end is over buttons. */
type Column = string | { roomy: string } | { end: string };

/** The head of a table. */
export function Columns({ of }: { of: readonly Column[] }) {
  return (
    <thead>
      <tr>
        {of.map((column) => (
          <Column key={nameOf(column)} column={column} />
        ))}
      </tr>
    </thead>
  );
}

function Column({ column }: { column: Column }) {
  const look = typeof column === "string" ? undefined : "roomy" in column ? table.roomy : table.end;
  return (
    <th scope="col" className={look}>
      {nameOf(column)}
    </th>
  );
}

function nameOf(column: Column): string {
  if (typeof column === "string") return column;
  return "roomy" in column ? column.roomy : column.end;
}
