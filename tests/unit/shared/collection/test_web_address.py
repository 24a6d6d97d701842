import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.collection.web_address import BadAddress, clean_referrer, decoded_path, host_name, site_domain, split


@pytest.mark.parametrize(
    ("written", "page"),
    [
        ("/", "/"),
        ("/café", "/café"),
        ("/caf%C3%A9", "/café"),
        ("/caf%c3%a9", "/café"),
        ("/a%20b", "/a b"),
        ("/a+b", "/a+b"),
        ("/a%2Fb", "/a%2Fb"),
        ("/a%2fb", "/a%2Fb"),
        ("/a%252Fb", "/a%252Fb"),
        ("/100%25", "/100%"),
        ("/100%", "/100%"),
        ("/%zz", "/%zz"),
        ("/caf%E9", "/caf%E9"),
        ("/%ff%c3%a9%fe", "/%FFé%FE"),
        ("/a%00b%0A", "/a%00b%0A"),
        ("/%F0%9F%8E%89", "/🎉"),
        ("/%ED%A0%80", "/%ED%A0%80"),
    ],
)
def test_a_path_is_decoded_where_that_is_valid_and_changes_nothing(written: str, page: str) -> None:
    assert decoded_path(written) == page


@given(st.text(st.sampled_from("/%25aFfC39éz "), max_size=12) | st.text(max_size=12))
def test_a_decoded_path_is_not_decoded_any_further(path: str) -> None:
    once = decoded_path(path)
    assert decoded_path(once) == once


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("Example.COM", "example.com"),
        ("www.example.com", "example.com"),
        ("WWW.example.com:8443", "example.com"),
        ("example.com.", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("WWW.BÜCHER.example", "xn--bcher-kva.example"),
        ("b%C3%BCcher.example", "xn--bcher-kva.example"),
        ("%77ww.shop.example", "shop.example"),
        ("a%00b.example", "a%00b.example"),
        ("a%0Ab%2Fc.example", "a%0ab%2fc.example"),
        ("%E9.example", "%e9.example"),
        ("a_b.example", "a_b.example"),
        ("::1", "::1"),
        ("wwww.example", "wwww.example"),
    ],
)
def test_a_host_is_written_one_way(written: str, host: str) -> None:
    assert host_name(written) == host


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("Caps.example", "caps.example"),
        ("www.shop.example", "shop.example"),
        ("https://www.shop.example/", "shop.example"),
        ("http://shop.example:8080/de/?a=b#c", "shop.example/de"),
        ("shop.example/blog/", "shop.example/blog"),
        (" bücher.example ", "xn--bcher-kva.example"),
    ],
)
def test_a_site_is_known_by_one_domain_however_it_was_pasted(written: str, domain: str) -> None:
    assert site_domain(written) == domain


@pytest.mark.parametrize(
    ("written", "referrer", "host"),
    [
        ("https://www.google.com/search?q=secret#x", "https://google.com/search", "google.com"),
        ("https://t.co/AbC", "https://t.co/AbC", "t.co"),
        ("android-app://com.google.android.gm/", "android-app://com.google.android.gm", "com.google.android.gm"),
        ("https://news.example/a%C3%A9/", "https://news.example/aé", "news.example"),
        ("https://[broken", "", ""),
        ("about:blank", "", ""),
        ("just text", "", ""),
        ("https://a.example/\x01b", "https://a.example/b", "a.example"),
    ],
)
def test_a_referrer_is_cut_to_its_address_and_never_a_reason_to_refuse(written: str, referrer: str, host: str) -> None:
    assert clean_referrer(written) == (referrer, host)


@pytest.mark.parametrize("url", ["/relative", "shop.example/a", "https://", "https://[bad", "mailto:ada@example.com"])
def test_an_address_without_a_host_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        split(url)
