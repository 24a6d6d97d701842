import pytest

from shared.enrichment.source import channel, read_source


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("", ""),
        ("google.com", "Google"),
        ("google.co.uk", "Google"),
        ("news.google.com", "Google News"),
        ("mail.google.com", "Gmail"),
        ("com.google.android.gm", "Gmail"),
        ("t.co", "Twitter"),
        ("twitter", "Twitter"),
        ("Twitter", "Twitter"),
        ("l.facebook.com", "Facebook"),
        ("out.reddit.com", "Reddit"),
        ("chatgpt.com", "ChatGPT"),
        ("Spring Sale", "Spring Sale"),
        ("blog.partner.example", "blog.partner.example"),
        ("Blog.Partner.Example", "blog.partner.example"),
        ("google.evil.example", "google.evil.example"),
        ("evilgoogle.com", "evilgoogle.com"),
        ("notfacebook.com", "notfacebook.com"),
        ("co.uk", "co.uk"),
    ],
)
def test_a_tag_or_a_host_has_the_name_that_people_know(raw: str, name: str) -> None:
    assert read_source(raw).name == name


@pytest.mark.parametrize(
    ("raw", "spam"), [("semalt.com", True), ("x.semalt.com", True), ("notsemalt.com", False), ("semalt", False)]
)
def test_known_referrer_spam_is_told_with_its_subdomains(raw: str, spam: bool) -> None:  # noqa: FBT001 -- what is expected
    assert read_source(raw).spam is spam


@pytest.mark.parametrize(
    ("raw", "told", "name"),
    [
        ("", {}, "Direct"),
        ("google.com", {}, "Organic Search"),
        ("google.com", {"click_id": "gclid"}, "Paid Search"),
        ("bing.com", {"click_id": "msclkid"}, "Paid Search"),
        ("bing.com", {"click_id": "gclid"}, "Organic Search"),
        ("google", {"medium": "cpc"}, "Paid Search"),
        ("adwords", {}, "Paid Search"),
        ("facebook.com", {}, "Organic Social"),
        ("fb", {"medium": "PAID_social"}, "Paid Social"),
        ("facebook_ads", {}, "Paid Social"),
        ("youtube.com", {}, "Organic Video"),
        ("youtube.com", {"medium": "ppc"}, "Paid Video"),
        ("amazon.de", {}, "Organic Shopping"),
        ("amazon.de", {"medium": "cpc"}, "Paid Shopping"),
        ("partner.example", {"campaign": "shop-autumn"}, "Organic Shopping"),
        ("partner.example", {"campaign": "workshop"}, "Referral"),
        ("claude.ai", {}, "AI Assistants"),
        ("mail.google.com", {}, "Email"),
        ("Spring Sale", {"medium": "e-mail"}, "Email"),
        ("partner.example", {"medium": "cpm"}, "Display"),
        ("partner.example", {"medium": "banner"}, "Display"),
        ("partner.example", {"medium": "retargeting"}, "Paid Other"),
        ("partner.example", {"medium": "affiliate"}, "Affiliates"),
        ("partner.example", {"medium": "audio"}, "Audio"),
        ("partner.example", {"medium": "sms"}, "SMS"),
        ("partner.example", {"medium": "web-push"}, "Mobile Push Notifications"),
        ("partner.example", {"campaign": "cross-network"}, "Cross-network"),
        ("partner.example", {"medium": "organic"}, "Organic Search"),
        ("partner.example", {"medium": "social"}, "Organic Social"),
        ("partner.example", {}, "Referral"),
    ],
)
def test_a_channel_follows_from_source_medium_campaign_and_kind_of_click(
    raw: str, told: dict[str, str], name: str
) -> None:
    assert channel(read_source(raw), **told) == name


def test_no_word_means_two_sources() -> None:
    """The table is read into a mapping: the second meaning would hide the first."""
    import tomllib

    from shared.enrichment.source import _FILE

    sections = [section for name, section in tomllib.loads(_FILE.read_text()).items() if isinstance(section, dict)]
    words = [word for section in sections[:-2] for known_as in section.values() for word in known_as.split()]
    assert len(words) > 800
    assert sorted(words) == sorted(set(words))
    assert words == [word.lower() for word in words]
