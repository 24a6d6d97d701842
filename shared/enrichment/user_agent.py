"""What a user agent's header says: browser, system, device, and whether it is a bot's. The header itself is stored nowhere.

Lists come with packages (`ua-parser-builtins`, `crawler-user-agents`; `make lists` takes their newest versions) and are loaded when
the first header has to be read: 0.15 s and 35 MiB that a worker without one never pays.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from ua_parser import Result

MAX_LENGTH: Final = 512


@dataclass(frozen=True, slots=True)
class Agent:
    """Versions are major ones. ``device`` is Desktop, Mobile, Tablet, TV, Console or Watch. What is not known is empty."""

    browser: str = ""
    browser_version: str = ""
    system: str = ""
    system_version: str = ""
    device: str = ""
    bot: bool = False


UNKNOWN: Final = Agent()
BOT: Final = Agent(bot=True)

# Programs that drive a browser or fetch pages by themselves, beside those that the list of crawlers knows.
_SCRIPT: Final = (
    r"headless|phantomjs|puppeteer|playwright|selenium|webdriver|cypress|lighthouse|slimerjs|"
    r"^(?:curl|wget|python|java|go-http|okhttp|axios|node|ruby|perl|php|libwww|apache-httpclient|httpie|postman|insomnia)\b"
)
# Families of ua-parser under the names that people know; the first that matches. Expressions are compiled when first needed.
_BROWSERS: Final = (
    (r"^Edge", "Microsoft Edge"),
    (r"^Samsung Internet", "Samsung Browser"),
    (r"^Opera", "Opera"),
    (r"^(?:Chrome|Chromium)\b", "Chrome"),
    (r"^(?:Firefox|IceWeasel)\b", "Firefox"),
    (r"^Mobile Safari(?! UI)|^Safari", "Safari"),
    (r"^Google$|^GSA", "Google App"),
    (r"^UC Browser", "UC Browser"),
    (r"^Yandex Browser", "Yandex Browser"),
    (r"^MiuiBrowser", "MIUI Browser"),
    (r"^Huawei Browser", "Huawei Browser"),
    (r"^DuckDuckGo", "DuckDuckGo"),
    (r"^IE\b", "Internet Explorer"),
    (r"^Android$", "Android Browser"),
    (r"^WebKit|UI/WKWebView$|^Apple Mail$", "Mobile App"),
)
_LINUX: Final = {
    "Linux", "Ubuntu", "Debian", "Fedora", "Red Hat", "CentOS", "SUSE", "Gentoo", "Arch Linux", "Mint", "Kubuntu", "Slackware",
    "Mandriva", "Lubuntu", "Xubuntu",
}  # fmt: skip
_SYSTEMS: Final = {"Mac OS X": "Mac", "macOS": "Mac"} | dict.fromkeys(_LINUX, "GNU/Linux")
_DEVICES: Final = (
    (r"\bwatch\b|watchos", "Watch"),
    (r"playstation|xbox|nintendo", "Console"),
    (
        r"smart-?tv|appletv|apple tv|googletv|hbbtv|\btv\b|web0s|webos.*tv|tizen.*tv|roku|crkey|aft[a-z]{1,4}\d* build|bravia",
        "TV",
    ),
    (r"ipad|tablet|kindle|silk/|playbook|^(?!.*(?:mobi|opera mini)).*android", "Tablet"),
    (r"mobi|iphone|ipod|android|phone|blackberry|opera mini", "Mobile"),
    (r"windows|macintosh|mac os x|x11|linux|cros", "Desktop"),
)


@lru_cache(maxsize=20_000)
def read_user_agent(header: str) -> Agent:
    """Read a header, empty included: no browser leaves it out."""
    header = header[:MAX_LENGTH].strip()
    if not header or re.search(_SCRIPT, header, re.IGNORECASE) or _is_crawler()(header):
        return BOT
    found = _parse()(header)
    if found.device is not None and found.device.brand == "Spider":
        return BOT
    browser, system = found.user_agent, found.os
    return Agent(
        browser=_browser(browser.family) if browser else "",
        browser_version=(browser.major or "") if browser else "",
        system=_SYSTEMS.get(system.family, system.family) if system else "",
        system_version=(system.major or "") if system else "",
        device=next((name for pattern, name in _DEVICES if re.search(pattern, header, re.IGNORECASE)), ""),
    )


def _browser(family: str) -> str:
    return next((name for pattern, name in _BROWSERS if re.search(pattern, family)), family)


@cache
def _parse() -> "Callable[[str], Result]":
    from ua_parser import parse

    return parse


@cache
def _is_crawler() -> "Callable[[str], bool]":
    """One expression of all patterns takes 0.25 ms a header; the extractor, which first looks for the words in them, 2 µs."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA
    from ua_parser_rs import UserAgentExtractor

    crawlers = UserAgentExtractor(
        [(one["pattern"], "crawler", None, None, None, None) for one in CRAWLER_USER_AGENTS_DATA]
    )
    return lambda header: crawlers.extract(header) is not None
