import { on } from "./on";
import { options } from "./options";
import type { Options, Track } from "./types";

const DOWNLOADS =
  "pdf|xlsx?|docx?|txt|rtf|csv|exe|key|pp[st]x?|7z|pkg|rar|gz|zip|avi|mov|mp[34]|mpeg|wm[av]|midi|wav|dmg";

interface Tag {
  element: Element;
  event?: Record<string, string>;
  revenue?: Record<string, string>;
}

/** Tells of clicks on links and of forms, as far as the options ask for it, and of all that is tagged. */
export function watchElements(tell: Track): void {
  const MIDDLE_BUTTON = 1;
  on("click auxclick submit", (event) => {
    const target = event.target as HTMLFormElement;
    if (!target.closest || (event as MouseEvent).button > MIDDLE_BUTTON) return;
    const isSubmit = event.type === "submit";
    const link = target.closest<HTMLAnchorElement>("a[href]");
    const tag = tagAround(target);
    const url = link?.href;
    if (tag) {
      // A tagged form is told when it is sent.
      if (!isSubmit && tag.element.contains(target.closest("form"))) return;
      const { name, ...props } = tag.event as { name: string };
      tell(name, { props: url ? { ...props, url } : props, revenue: tag.revenue as never });
    } else if (isSubmit) {
      if (options.formSubmissions && (target.noValidate || target.checkValidity())) tell("Form: Submission");
    } else if (link && url) {
      const file = `${url}`.split("?")[0] as string;
      if (options.outboundLinks && link.host && link.host !== location.host) {
        tell("Outbound Link: Click", { props: { url } });
      } else if (options.fileDownloads && isDownload(file, options.fileDownloads)) {
        tell("File Download", { props: { url: file } });
      }
    }
  });
}

function isDownload(file: string, asked: NonNullable<Options["fileDownloads"]>): boolean {
  const listed = `${(asked as { fileExtensions?: string[] }).fileExtensions ?? asked}`;
  return RegExp(`\\.(${listed === "true" ? DOWNLOADS : listed.replace(/,/g, "|")})$`, "i").test(file);
}

/** The nearest element with `plausible-event-name=…` among its classes or `data-event-name="…"`, and all that it says. */
function tagAround(target: Element): Tag | undefined {
  // A tag may also stand on an element around what is clicked: page builders can't set classes on the link itself.
  const PARENTS = 3;
  let element: Element | null = target;
  for (let up = 0; element && up <= PARENTS; up++, element = element.parentElement) {
    const tag: Tag = { element };
    const said = [...element.classList].map((name) => name.replace(/\+/g, " "));
    for (const { name, value } of element.attributes) said.push(`${name}=${value}`);
    for (const words of said) {
      const [, kind, field, value] =
        /^(?:plausible|data)-(event|revenue)-(.+?)(?:=|--)(.+)/.exec(words) ?? [];
      if (kind === "event") tag.event = { ...tag.event, [field as string]: value as string };
      if (kind === "revenue") tag.revenue = { ...tag.revenue, [field as string]: value as string };
    }
    if (tag.event?.name) return tag;
  }
  return undefined;
}
