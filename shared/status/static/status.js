// Shows when the page has gone stale, and brings it up to date. Without it the page shows the time of its heartbeat.
const EVERY_MS = 30_000;
const notice = document.getElementById("stale");

/** Milliseconds now by the server's clock: a reader's may be wrong. */
function serverNow(response) {
  const date = Date.parse(response.headers.get("date") ?? "");
  const age = Number(response.headers.get("age") ?? 0);
  return Number.isNaN(date) ? Date.now() : date + age * 1000;
}

function minutes(ms) {
  const count = Math.max(1, Math.floor(ms / 60_000));
  return `${count} min`;
}

function say(text) {
  if (notice.textContent !== text) notice.textContent = text;
  notice.hidden = text === "";
}

async function renew() {
  const answer = await fetch("/", { cache: "no-cache" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = document.getElementById("content");
  const opened = [...content.querySelectorAll("details")].map((one) => one.open);
  const main = fresh.getElementById("content");
  if (!main) return;
  main.querySelector("#stale").replaceWith(notice);
  content.replaceChildren(...main.childNodes);
  const details = [...content.querySelectorAll("details")];
  if (details.length === opened.length) details.forEach((one, n) => { one.open = opened[n]; });
}

async function look() {
  const shown = document.querySelector("[data-heartbeat]");
  try {
    const answer = await fetch("/heartbeat.json", { cache: "no-store" });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const heartbeat = await answer.json();
    const silent = serverNow(answer) - Date.parse(heartbeat.at);
    const stale = silent > heartbeat.stale_after_seconds * 1000;
    say(stale ? `Stale: last heartbeat ${minutes(silent)} ago. What stands here may no longer be so.` : "");
    if (heartbeat.version !== shown.dataset.heartbeat || Date.parse(heartbeat.at) > Date.parse(shown.dateTime)) await renew();
  } catch {
    const silent = Date.now() - Date.parse(shown.dateTime);
    say(`Stale: last heartbeat ${minutes(silent)} ago. This page can't be renewed at the moment.`);
  }
}

look();
setInterval(() => { if (!document.hidden) look(); }, EVERY_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
