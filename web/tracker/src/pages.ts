import { on } from "./on";
import { currentPage } from "./options";

/**
 * Calls `view` once for each page that somebody sees: when the page is loaded and visible, when a single-page app goes to
 * another path (in hash mode: another path or fragment), and when the page comes back from the back/forward cache.
 */
export function watchPages(view: () => void): void {
  let last: string | undefined;

  function look(event?: Event): void {
    if ((event as PageTransitionEvent | undefined)?.persisted) last = "";
    // Hidden tabs and prerendered pages count once they are seen.
    if (last !== currentPage() && (last || !document.hidden)) {
      last = currentPage();
      view();
    }
  }

  for (const method of ["pushState", "replaceState"] as const) {
    const original = history[method];
    history[method] = function (...state) {
      original.apply(this, state);
      look();
    };
  }
  on("popstate hashchange visibilitychange pageshow", look);
  look();
}
