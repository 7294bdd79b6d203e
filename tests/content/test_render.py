"""A contact's data is never a template and never markup; values are written in the contact's language."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from percorso.content.design import prepare_design
from percorso.content.errors import RenderFaultError, TemplateFaultError
from percorso.content.liquid import liquid_environment
from percorso.content.model import (
    Design,
    Filling,
    Language,
    Link,
    Locale,
    PublicUrls,
    Rendered,
    TemplateVersion,
)
from percorso.content.render import TemplateCache, compile_template, render_destination, render_message

URLS = PublicUrls(
    unsubscribe="https://news/u/T",
    preferences="https://news/p/T",
    view_online="https://news/v/T",
    pixel="https://news/o/T",
    links={position: f"https://news/c/{position}" for position in range(9)},
)


def compile_design(design: Design, *, language: Language = "it") -> TemplateVersion:
    prepared = prepare_design(design, language=language)
    return TemplateVersion(
        template_id=UUID(int=1),
        number=1,
        workspace_id=UUID(int=2),
        list_id=UUID(int=3),
        name="",
        kind=design.kind,
        template_class=design.template_class,
        subject=prepared.design.subject,
        html=prepared.design.html,
        body=prepared.design.body,
        link=prepared.design.link,
        image=prepared.design.image,
        links=prepared.links,
    )


def fill(
    contact: dict[str, Any] | None = None,
    event: dict[str, Any] | None = None,
    run: dict[str, Any] | None = None,
    language: Language = "it",
) -> Filling:
    return Filling(
        contact=contact or {},
        event=event,
        run=run or {},
        list={"name": "Novità", "sender_name": "Bottega", "sender_address": "ciao@b.it"},
        locale=Locale(
            language=language,
            time_zone="Europe/Rome",
            currency="EUR",
            now=datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
        ),
    )


def render(html: str, *, subject: str = "x", body: str = "", filling: Filling | None = None) -> Rendered:
    design = Design(kind="email", template_class="transactional", subject=subject, html=html, body=body)
    return render_message(compile_template(compile_design(design)), filling or fill(), URLS)


def write(source: str, **more: Any) -> str:
    """Return what a template of plain text comes to."""
    design = Design(kind="sms", body=source)
    return render_message(compile_template(compile_design(design)), fill(**more), URLS).text


def test_every_documented_variable_can_be_read() -> None:
    source = (
        "{{ contact.firstName }} {{ contact.address.city }} {{ event.products[0].sku }} {{ run.coupon }} "
        "{{ list.name }} {{ list.sender_name }} {{ unsubscribe_url }} {{ preferences_url }} {{ view_online_url }}"
    )
    text = write(
        source,
        contact={"firstName": "Maria", "address": {"city": "Milano"}},
        event={"products": [{"sku": "A1"}]},
        run={"coupon": "X-1"},
    )
    assert text == ("Maria Milano A1 X-1 Novità Bottega https://news/u/T https://news/p/T https://news/v/T")


@pytest.mark.parametrize("contact", [{}, {"name": None}, {"name": ""}, {"name": []}])
def test_a_default_stands_for_what_is_missing_or_empty(contact: dict[str, Any]) -> None:
    assert write('{{ contact.name | default: "cliente" }}', contact=contact) == "cliente"


def test_an_event_that_is_not_there_reads_as_empty() -> None:
    assert write("[{{ event.products[0].sku }}{% for p in event.products %}x{% endfor %}]") == "[]"


@pytest.mark.parametrize(
    ("source", "italian", "english"),
    [
        ("{{ 1234.5 | money }}", "1.234,50\xa0€", "€1,234.50"),
        ('{{ "1234.5" | money: "USD" }}', "1.234,50\xa0USD", "US$1,234.50"),
        ("{{ 1234567.891 | number }}", "1.234.567,891", "1,234,567.891"),
        ("{{ 1234.5 | number: 2 }}", "1.234,50", "1,234.50"),
        ('{{ "2026-03-02" | date }}', "2 mar 2026", "2 Mar 2026"),
        ('{{ "2026-03-02" | date: "long" }}', "2 marzo 2026", "2 March 2026"),
        ('{{ "2026-03-02" | date: "full" }}', "lunedì 2 marzo 2026", "Monday, 2 March 2026"),
        ('{{ "2026-03-02" | date: "%A %-d %B, %H:%M" }}', "lunedì 2 marzo, 00:00", "Monday 2 March, 00:00"),
        ('{{ "2026-03-02T23:30:00Z" | date: "%d/%m/%Y %H:%M" }}', "03/03/2026 00:30", "03/03/2026 00:30"),
        ('{{ "now" | date: "%d/%m %H:%M" }}', "29/03 00:30", "29/03 00:30"),
        ('{{ "never" | date }}', "never", "never"),
        ('{{ "2026-13-45" | date }}', "2026-13-45", "2026-13-45"),
        ('{{ "x" | money }}{{ nil | number }}{{ nil | date }}', "x", "x"),
        ("{{ true | number }}", "True", "True"),
        ('{{ "1e999" | number }}{{ "NaN" | money }}', "1e999NaN", "1e999NaN"),
    ],
)
def test_values_are_written_in_the_contacts_language(source: str, italian: str, english: str) -> None:
    assert write(source, language="it") == italian
    assert write(source, language="en") == english


def test_the_subject_is_one_line() -> None:
    rendered = render(
        "<p>x</p>", subject="Ciao\r\n{{ contact.name }}", filling=fill({"name": "a\r\nBcc: b\x00"})
    )
    assert rendered.subject == "Ciao a Bcc: b"


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ contact.secret }}{% for a in (1..9) %}x{% endfor %}",
    "</style></title></textarea><b>",
    "--><b>",
    "&lt;b&gt;",
    "javascript:alert(1)",
    "<!--percorsoliquid0x-->",
    "percorsoliquid0x",
    "\x00",
]
EVERYWHERE = """<html><head><title>{{ contact.name }}</title>
<style>@media screen { p { color: {{ contact.name }} } } p { margin: 0 }</style></head><body>
<p title="{{ contact.name }}" class='{{ contact.name }}' id={{ contact.name }}>{{ contact.name }}</p>
<a href="{{ contact.name }}">a</a><a href="https://shop.it/{{ contact.name }}">b</a><a href="tel:{{ contact.name }}">c</a>
<!-- {{ contact.name }} --><textarea>{{ contact.name }}</textarea><img src="{{ contact.name }}" alt="x">
{% if contact.name %}<em>{{ contact.name | upcase | append: contact.name }}</em>{% endif %}
<table>{% for letter in contact.name %}<tr><td>{{ letter }}</td></tr>{% endfor %}</table></body></html>"""


def bones(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the elements of a document with the names of their attributes."""
    return [(node.tag or "", tuple(node.attributes)) for node in LexborHTMLParser(html).css("*")]


def check_harmless(value: str) -> None:
    rendered = render(EVERYWHERE, filling=fill({"name": value, "secret": "GEHEIM-42"}))
    plain = render(EVERYWHERE, filling=fill({"name": "Maria", "secret": "GEHEIM-42"}))
    assert bones(rendered.html) == bones(plain.html)
    assert "GEHEIM-42" not in rendered.html + rendered.text + rendered.subject
    hrefs = [node.attributes["href"] or "" for node in LexborHTMLParser(rendered.html).css("a[href]")]
    assert all(href.startswith(("https://news/", "tel:")) or href == "#" for href in hrefs)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_data_changes_no_bone_of_the_document(value: str) -> None:
    check_harmless(value)


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=60) | st.text(alphabet="<>&\"'{}%-!/ ax=", min_size=1, max_size=40))
def test_no_data_changes_a_bone_of_the_document(value: str) -> None:
    check_harmless(value)


FILTERS = sorted(liquid_environment(markup=True).filters)


@pytest.mark.parametrize("name", FILTERS)
def test_no_filter_makes_data_markup(name: str) -> None:
    environment = liquid_environment(markup=True)
    for arguments in ("", ": contact.other", ': "a", contact.other', ": 3, 5"):
        try:
            template = environment.from_string(f"{{{{ contact.name | {name}{arguments} }}}}")
            data = {"contact": {"name": "<b>&'\"", "other": "<i>"}, "percorso_locale": fill().locale}
            html = template.render(data)
        except Exception:
            continue
        assert re.search(r"<(?!br />)", html) is None, (name, arguments, html)


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in (1..1000000) %}{% endfor %}",
        "{% for a in (1..1000) %}{% for b in (1..1000) %}{% endfor %}{% endfor %}",
        '{% assign x = "aaaaaaaaaa" %}{% for a in (1..40) %}{% assign x = x | append: x %}{% endfor %}',
        "{% for a in (1..19999) %}" + "a" * 100 + "{% endfor %}",
    ],
)
def test_a_bomb_is_stopped(source: str) -> None:
    with pytest.raises(RenderFaultError):
        write(source)


@pytest.mark.parametrize("source", ['{% include "x" %}', '{% render "x" %}', "{{ a | safe }}", "{{ a"])
def test_what_is_no_liquid_of_ours_is_refused_when_the_template_is_kept(source: str) -> None:
    with pytest.raises((TemplateFaultError, RenderFaultError)):
        write(source)


@pytest.mark.parametrize("html", ["<p {{ a }}>", "<p class='a' {% if b %}id='c'{% endif %}>", "<{{ a }}>x"])
def test_liquid_in_the_bones_of_a_tag_is_refused_or_text(html: str) -> None:
    filling = fill({"a": "img src=x onerror=y"})
    if html.startswith("<{{"):
        assert "<img src=x" not in render(html, filling=filling).html
        return
    with pytest.raises(TemplateFaultError, match="inside a tag"):
        render(html, filling=filling)


def test_links_are_found_tracked_and_shown_in_the_text() -> None:
    html = (
        '<p>Ciao <a href="https://a.it/{{ event.sku }}">uno</a> <a href="mailto:x@y.it">due</a>'
        '<a href="{{ event.url }}">tre</a><a href="#x">quattro</a><a href="{{ unsubscribe_url }}">via</a></p>'
    )
    version = compile_design(Design(kind="email", subject="x", html=html))
    assert version.links == (Link(0, "https://a.it/{{ event.sku }}"), Link(2, "{{ event.url }}"))
    rendered = render_message(compile_template(version), fill(), URLS)
    hrefs = [node.attributes["href"] for node in LexborHTMLParser(rendered.html).css("a[href]")]
    assert hrefs == ["https://news/c/0", "mailto:x@y.it", "https://news/c/2", "#x", "https://news/u/T"]
    assert rendered.text == (
        "Ciao uno (https://news/c/0) due (mailto:x@y.it)tre (https://news/c/2)quattrovia (https://news/u/T)\n"
    )
    assert rendered.html.count('src="https://news/o/T"') == 1


def test_a_deselected_link_is_plain_and_still_harmless() -> None:
    version = compile_design(Design(kind="email", subject="x", html='<a href="{{ event.url }}">x</a>'))
    links = tuple(msgspec.structs.replace(link, tracked=False) for link in version.links)
    compiled = compile_template(msgspec.structs.replace(version, links=links))
    for url, expected in (("https://a.it/b", "https://a.it/b"), ("javascript:x", "#")):
        html = render_message(compiled, fill(event={"url": url}), URLS).html
        assert LexborHTMLParser(html).css("a[href]")[0].attributes["href"] == expected


def test_a_destination_is_filled_as_the_message_was() -> None:
    filling = fill(event={"url": "https://shop.it/cart?id=1", "sku": "A 1"})
    assert render_destination("{{ event.url }}", filling) == "https://shop.it/cart?id=1"
    assert render_destination("https://a.it/{{ event.sku | url_encode }}", filling) == "https://a.it/A+1"
    assert render_destination("{{ event.none }}", filling) is None
    assert render_destination("{{ event.url", filling) is None


@pytest.mark.parametrize(("language", "words"), [("it", "Annulla l’iscrizione"), ("en", "Unsubscribe")])
def test_marketing_without_a_way_out_gets_one(language: Language, words: str) -> None:
    design = Design(kind="email", subject="x", html="<body><p>x</p></body>", body="testo")
    version = compile_design(design, language=language)
    rendered = render_message(compile_template(version), fill(), URLS)
    (link,) = LexborHTMLParser(rendered.html).css("a[href]")
    assert (link.attributes["href"], link.text()) == ("https://news/u/T", words)
    assert "https://news/u/T" in rendered.text
    assert version.links == ()


def test_marketing_with_its_own_way_out_stays_as_it_is() -> None:
    html = '<a href="{{ unsubscribe_url }}">via</a>'
    version = compile_design(Design(kind="email", subject="x", html=html))
    assert version.html.count("unsubscribe_url") == 1


def test_styles_are_inlined_and_dangers_removed() -> None:
    html = (
        "<style>p { color: red } @media (max-width: 3px) { p { color: blue } }</style>"
        '<link rel="stylesheet" href="https://evil.example/x.css"><script>x</script><p onclick="x">a</p>'
        '<iframe src="x"></iframe><a href=" javascript:x">b</a><form action="x"><input></form>'
    )
    kept = compile_design(Design(kind="email", template_class="transactional", subject="x", html=html)).html
    assert 'style="color: red;"' in kept
    assert "@media (max-width: 3px)" in kept
    for gone in ("<script", "onclick", "<iframe", "javascript", "<form"):
        assert gone not in kept


@pytest.mark.parametrize(
    ("design", "part"),
    [
        (Design(kind="email", subject="", html="<p>x</p>"), "subject"),
        (Design(kind="email", subject="x", html=" "), "html"),
        (Design(kind="sms", body=" "), "body"),
        (Design(kind="push", subject="x", body=" "), "body"),
        (Design(kind="push", body="x", link="javascript:x"), "link"),
        (Design(kind="push", body="x", link="mailto:a@b.it"), "link"),
        (Design(kind="push", body="x", link="https://b.it/{% if %}"), "link"),
        (Design(kind="push", body="x", image="data:image/png;base64,x"), "image"),
        (Design(kind="push", body="x", image="x" * 600_000), "image"),
        (Design(kind="email", subject="{% if %}", html="<p>x</p>"), "subject"),
        (Design(kind="email", subject="x", html="<p>{{ x | nofilter }}</p>"), "html"),
        (Design(kind="email", subject="x", html="x" * 600_000), "html"),
        (Design(kind="email", subject="x", html="<p>percorsoliquid1x</p>"), "html"),
    ],
)
def test_a_design_that_cannot_be_used_says_which_part(design: Design, part: str) -> None:
    with pytest.raises(TemplateFaultError) as caught:
        prepare_design(design, language="it")
    assert caught.value.part == part


PUSH = Design(
    kind="push",
    subject="Ciao {{ contact.firstName }}\n",
    body=" {{ event.name }} < 5 € ",
    link="https://b.it/{{ event.sku }}",
    image="https://b.it/{{ event.sku }}.png",
)


def render_push(design: Design, urls: PublicUrls = URLS, **event: Any) -> Rendered:
    filling = fill(contact={"firstName": "Maria"}, event={"name": "Tè", "sku": "A 1", **event})
    return render_message(compile_template(compile_design(design)), filling, urls)


def test_a_push_is_filled_in_and_its_link_tracked() -> None:
    assert render_push(PUSH) == Rendered(
        subject="Ciao Maria",
        html="",
        text="Tè < 5 €",
        link="https://news/c/0",
        image="https://b.it/A%201.png",
    )
    assert compile_design(PUSH).links == (Link(0, "https://b.it/{{ event.sku }}"),)


def test_where_links_are_not_tracked_a_push_leads_where_its_author_pointed() -> None:
    assert render_push(PUSH, msgspec.structs.replace(URLS, links={})).link == "https://b.it/A%201"


def test_a_push_that_would_lead_elsewhere_leads_nowhere() -> None:
    all_value = msgspec.structs.replace(PUSH, link="{{ event.sku }}", image="{{ event.sku }}")
    untracked = msgspec.structs.replace(URLS, links={})
    assert [
        (shown.link, shown.image)
        for sku in ("javascript:x", "//b.it", "", "https://c.it/")
        for shown in (render_push(all_value, untracked, sku=sku),)
    ] == [("", ""), ("", ""), ("", ""), ("https://c.it/", "https://c.it/")]


def test_a_push_leads_to_the_contacts_own_pages_untracked() -> None:
    own = msgspec.structs.replace(PUSH, link="{{ preferences_url }}", image="")
    assert compile_design(own).links == ()
    assert (render_push(own).link, render_push(own).image) == ("https://news/p/T", "")


def test_a_push_needs_nothing_but_a_text() -> None:
    assert render_push(Design(kind="push", body="x")) == Rendered(subject="", html="", text="x")


def test_a_push_that_grows_without_end_is_stopped() -> None:
    for part in ("subject", "body", "link", "image"):
        bomb = msgspec.structs.replace(PUSH, **{part: "https://b.it/{% for a in (1..100000) %}x{% endfor %}"})
        with pytest.raises(RenderFaultError):
            render_push(bomb, msgspec.structs.replace(URLS, links={}))


def test_a_version_is_compiled_once() -> None:
    cache = TemplateCache()
    version = compile_design(Design(kind="sms", body="x"))
    assert cache.find(version.template_id, 1) is None
    compiled = cache.compile(version)
    assert cache.find(version.template_id, 1) is compiled
    assert cache.find(version.template_id, 2) is None
