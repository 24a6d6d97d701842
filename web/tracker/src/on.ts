/** Listens at the window, before the page's own listeners: what these stop or remove is still seen. */
export function on(kinds: string, listener: (event: Event) => void): void {
  for (const kind of kinds.split(" ")) addEventListener(kind, listener, true);
}
