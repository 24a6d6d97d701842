import subprocess
import sys

import pytest

from shared.enrichment.user_agent import BOT, Agent, read_user_agent

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
PHONE = f"Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A.250205.002; wv) {WEBKIT} Version/4.0"


@pytest.mark.parametrize(
    ("header", "agent"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0.0.0 Safari/537.36",
         Agent("Chrome", "142", "Windows", "10", "Desktop")),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
         Agent("Microsoft Edge", "142", "Windows", "10", "Desktop")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
         Agent("Safari", "18", "Mac", "10", "Desktop")),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
         Agent("Firefox", "144", "GNU/Linux", "", "Desktop")),
        (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36",
         Agent("Chrome", "142", "Android", "10", "Mobile")),
        (f"Mozilla/5.0 (Linux; Android 13; SM-X906C) {WEBKIT} Chrome/142.0.0.0 Safari/537.36",
         Agent("Chrome", "142", "Android", "13", "Tablet")),
        (f"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S911B) {WEBKIT} SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36",
         Agent("Samsung Browser", "23", "Android", "13", "Mobile")),
        ("Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/119.0 Safari/604.1",
         Agent("Chrome", "119", "iOS", "16", "Tablet")),
        # Apps that show pages describe the phone after `Mobile`, and say `Android` again.
        (f"{PHONE} Chrome/143.0.7499.34 Mobile Safari/537.36 Instagram 408.0.0.51.78 Android (35/15; 420dpi; 1080x2424)",
         Agent("Instagram", "408", "Android", "15", "Mobile")),
        (f"{PHONE} Chrome/142.0.7444.102 Mobile Safari/537.36 [Pinterest/Android]",
         Agent("Pinterest", "", "Android", "15", "Mobile")),
        ("Opera/9.80 (Android; Opera Mini/88.0.2254/191.361; U; en) Presto/2.12.423 Version/12.16",
         Agent("Opera", "88", "Android", "", "Mobile")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
         Agent("Mobile App", "", "iOS", "18", "Mobile")),
    ],
)  # fmt: skip
def test_a_browser_says_what_it_is(header: str, agent: Agent) -> None:
    assert read_user_agent(header) == agent


@pytest.mark.parametrize(
    "header",
    [
        "",
        "  ",
        "curl/8.5.0",
        "python-requests/2.32.3",
        "Go-http-client/2.0",
        "Googlebot/2.1 (+http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "GPTBot/1.0",
        f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/142.0.0.0 Safari/537.36",
    ],
)
def test_crawlers_scripts_headless_browsers_and_nobody_are_bots(header: str) -> None:
    assert read_user_agent(header) == BOT


def test_what_nobody_knows_is_no_bot_and_has_no_names() -> None:
    assert read_user_agent("an application of our own") == Agent()


def test_the_lists_are_not_loaded_before_a_header_has_to_be_read() -> None:
    code = (
        "import sys, shared.storage.store; "
        "sys.exit(bool({'ua_parser', 'ua_parser_rs', 'ua_parser_builtins', 'crawleruseragents'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
