export type Properties = Record<string, string | number | boolean | null>;

/** An amount in the currency's main unit, and the currency's ISO 4217 code. */
export interface Revenue {
  amount: number | string;
  currency: string;
}

export interface EventOptions {
  props?: Properties;
  revenue?: Revenue;
  /** False: the event doesn't make a visit of one page more than a bounce. */
  interactive?: boolean;
  /** The page of the event, where the address bar says something else. */
  url?: string;
  u?: string;
  /** Called once: with the answer's status, with the error of the network, or with nothing when the event was ignored. */
  callback?: (result?: { status: number } | { error: unknown }) => void;
}

/** What is sent. The names are those of Plausible's Events API. */
export interface Payload {
  /** name */
  n: string;
  /** address of the page */
  u: string;
  /** domain of the site, or several with commas */
  d?: string;
  /** referrer */
  r?: string | null;
  /** properties */
  p?: Properties | undefined;
  /** revenue */
  $?: Revenue | undefined;
  /** interactive */
  i?: boolean | undefined;
  /** pages are told apart by the part of the address after # */
  h?: number | undefined;
  /** engaged time, in milliseconds */
  e?: number;
  /** scroll depth, in percent of the page */
  sd?: number;
  /** made by the tracker: the same event counts once, however often it arrives */
  id?: string;
}

export interface Options {
  domain?: string;
  /** Where events are sent; by default `/api/event` of the host that the script came from. */
  endpoint?: string;
  /** False: pageviews are sent by the page, with `plausible("pageview")`. */
  autoCapturePageviews?: boolean;
  hashBasedRouting?: boolean;
  outboundLinks?: boolean;
  /** True, or the extensions of files that count as downloads. */
  fileDownloads?: boolean | string | { fileExtensions: string[] };
  formSubmissions?: boolean;
  /** Send the event `404` where the server answered the page with this status. */
  notFound?: boolean;
  captureOnLocalhost?: boolean;
  /** Ignore visitors whose browser sends Do Not Track. */
  doNotTrack?: boolean;
  /** Ignore visitors whose browser sends Global Privacy Control. */
  globalPrivacyControl?: boolean;
  /** Pages that count, with wildcards: `*` within a part of the path, `**` across parts; several with commas. */
  include?: string | string[];
  /** Pages that don't count. */
  exclude?: string | string[];
  /** False: nothing is written to the browser's console about ignored events. */
  logging?: boolean;
  /** Properties of every event; those of an event itself come first. */
  customProperties?: Properties | ((name: string) => Properties);
  /** Changes what is sent; the event is ignored when it returns nothing. */
  transformRequest?: (payload: Payload) => Payload | null | undefined;
  /** False: the module leaves `window.plausible` alone. */
  bindToWindow?: boolean;
}

export interface Track {
  (name: string, options?: EventOptions): void;
  /** Calls from before the script was there. */
  q?: ArrayLike<unknown>[];
  /** Options from before the script was there. */
  o?: Options;
  /** Loaded: a second tag does nothing. */
  l?: boolean;
  init?: (options?: Options) => void;
}

declare global {
  interface Window {
    plausible?: Track | undefined;
  }
}
