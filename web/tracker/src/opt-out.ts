/** A visit to any page with #p09-ignore ends the counting of this browser's visits, one with #p09-count begins it again. */
export function readOptOut(): void {
  const isIgnored = location.hash === "#p09-ignore";
  if (!isIgnored && location.hash !== "#p09-count") return;
  localStorage.plausible_ignore = isIgnored;
  alert(`Your visits ${isIgnored ? "don't " : ""}count.`);
  location.hash = "";
}
