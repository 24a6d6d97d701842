import { type ComponentType, type LazyExoticComponent, lazy } from "react";

const RELOADED = "p09.reloaded";

/**
 * A component whose code is fetched when it is first shown. Code that does not come is mostly that of a release that is no
 * longer there: the page is then reloaded, once. If that does not help, the boundary around the component says so.
 */
export function lazily<P>(load: () => Promise<{ default: ComponentType<P> }>) {
  const fetched = async () => {
    try {
      return await load();
    } catch (error) {
      if (!reloadOnce()) throw new NotLoaded({ cause: error });
      return new Promise<never>(() => {}); // what stands there meanwhile stays until the page is gone
    }
  };
  return lazy(fetched) as LazyExoticComponent<ComponentType<P>>;
}

/** The code of a component did not come. Only a reload asks for it again: browsers keep a failed import as long as the page. */
export class NotLoaded extends Error {
  override name = "NotLoaded";

  constructor(options: ErrorOptions) {
    super("a part of the console could not be loaded", options);
  }
}

/** Whether the page is reloaded: once at most for each build of the console. Without a network, a browser would lose it. */
function reloadOnce(): boolean {
  const build = document.querySelector<HTMLScriptElement>("script[type=module]")?.src ?? "";
  if (!navigator.onLine || sessionStorage.getItem(RELOADED) === build) return false;
  sessionStorage.setItem(RELOADED, build);
  window.location.reload();
  return true;
}
