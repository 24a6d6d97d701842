import { options } from "./options";

/**
 * Reads what the page's script tag asks for: by the script's own name (script.hash.outbound-links.js) and by attributes.
 * Says whether it is a script that waits for init(), pa-….js.
 */
export function readTag(): boolean {
  // A script that is loaded as a module, or by another script, has no current script.
  const tag = (document.currentScript ?? document.querySelector("script[data-domain]")) as HTMLScriptElement;
  const { origin, pathname } = new URL(tag.src);
  const waits = /\/pa-[^/]*$/.test(pathname);
  const said: Record<string, unknown> = options as typeof said;
  const properties: Record<string, string> = {};

  function read(name: string, value = ""): void {
    const field = name.replace("data-", "").replace(/-./g, ([, letter]) => `${letter}`.toUpperCase());
    // An attribute without a value asks for its option, unless that is a text.
    said[field] = value !== "false" && (value || !/^(domain|api|(in|ex)clude)$/.test(field));
    if (name.startsWith("event-")) properties[name.slice(6)] = value;
  }

  // pa-….js has the options that the official product begins with.
  options.outboundLinks = options.fileDownloads = options.formSubmissions = waits;
  for (const word of pathname.split(".")) read(word);
  for (const { name, value } of tag.attributes) read(name, value);
  options.customProperties = properties;
  options.endpoint = (said.api as string) || `${origin}/api/event`;
  options.hashBasedRouting ??= said.hash as boolean;
  options.captureOnLocalhost ??= said.local as boolean;
  options.notFound ??= said[404] as boolean;
  options.autoCapturePageviews ??= !said.manual;
  return waits;
}
