import { options } from "./options";
import { readTag } from "./tag";
import { start, track } from "./tracker";
import type { Options, Track } from "./types";

// The page's own stub, which keeps calls and options from before this script was there.
window.plausible ??= {} as Track;
const stub = window.plausible;

function init(more?: Options): void {
  Object.assign(options, more);
  if (window.plausible === plausible) return;
  window.plausible = plausible;
  start();
  for (const call of stub.q ?? []) track(...(call as Parameters<Track>));
}

const plausible: Track = Object.assign(track, { init, l: true });

// Two tags on a page count once.
if (!stub.l) {
  Object.assign(stub, { init, l: true });
  // A page with pa-….js begins by plausible.init(), whether it was called before or is still to come.
  if (!readTag() || stub.o) init(stub.o);
}
