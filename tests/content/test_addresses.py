"""A link leads where its author pointed, whatever the values in it say."""

import pytest

from percorso.content.addresses import find_destination, find_plain_address, may_be_tracked


@pytest.mark.parametrize(
    ("url", "tracked"),
    [
        ("https://shop.example.com/a", True),
        ("HTTP://shop.example.com", True),
        ("{{ event.linkUrl }}", True),
        ("{% if a %}https://x{% endif %}", True),
        ("mailto:a@b.it", False),
        ("tel:+39", False),
        ("#top", False),
        ("", False),
        ("javascript:alert(1)", False),
        ("{{ unsubscribe_url }}", False),
        ("{{-preferences_url -}}", False),
        ("{{ view_online_url }}", False),
    ],
)
def test_links_to_the_web_are_tracked_and_others_not(url: str, tracked: bool) -> None:
    assert may_be_tracked(url) is tracked


@pytest.mark.parametrize(
    ("source", "rendered", "destination"),
    [
        ("https://a.it/{{ x }}", "https://a.it/b", "https://a.it/b"),
        ("https://a.it/{{ x }}", "https://a.it/b c", "https://a.it/b%20c"),
        ("https://a.it/{{ x }}", "https://a.it/../@evil.example", "https://a.it/../@evil.example"),
        ("https://a.it{{ x }}", "https://a.it@evil.example/", None),
        ("https://a.it{{ x }}", "https://a.it/b", "https://a.it/b"),
        ("{{ x }}", "https://shop.it/cart", "https://shop.it/cart"),
        ("{{ x }}", "  https://shop.it/cart ", "https://shop.it/cart"),
        ("{{ x }}", "javascript:alert(1)", None),
        ("{{ x }}", "data:text/html,x", None),
        ("{{ x }}", "//evil.example", None),
        ("{{ x }}", "https://user@evil.example/", None),
        ("{{ x }}", "https:///x", None),
        ("{{ x }}", "https://a.it/\r\nSet-Cookie: x", None),
        ("{{ x }}", "https://a.it\\@evil.example", None),
        ("{{ x }}", "https://[::1", None),
        ("{{ x }}", "", None),
        ("{{ x }}", "https://a.it/" + "x" * 5000, None),
        ("https://a.it/x", "https://a.it/x", "https://a.it/x"),
    ],
)
def test_a_destination_is_the_authors_or_nothing(source: str, rendered: str, destination: str | None) -> None:
    assert find_destination(source, rendered) == destination


@pytest.mark.parametrize(
    ("source", "rendered", "address"),
    [
        ("mailto:{{ x }}", "mailto:a@b.it", "mailto:a@b.it"),
        ("mailto:{{ x }}", "mailto:a@b.it\r\nx", None),
        ("tel:{{ x }}", "tel:+39333", "tel:+39333"),
        ("{{ x }}", "mailto:a@b.it", None),
        ("{{ x }}", "javascript:alert(1)", None),
        ("{{ x }}", "https://a.it/", "https://a.it/"),
    ],
)
def test_an_untracked_link_leads_to_what_its_author_named(
    source: str, rendered: str, address: str | None
) -> None:
    assert find_plain_address(source, rendered) == address
