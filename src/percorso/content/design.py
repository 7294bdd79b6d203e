"""What becomes of an author's design when it is kept: inlined, cleaned, checked, its links found. Pure."""

import msgspec
from liquid.exceptions import LiquidError
from selectolax.lexbor import LexborHTMLParser

from percorso.content.addresses import is_system_address, may_be_tracked
from percorso.content.errors import TemplateFaultError
from percorso.content.liquid import liquid_environment
from percorso.content.markup import (
    MAXIMUM_BYTES,
    hide_liquid,
    inline_styles,
    list_anchors,
    parse_markup,
    remove_dangers,
    to_html,
)
from percorso.content.model import Design, Language, Link
from percorso.content.plain_text import derive_text

_FOOTER = {
    "it": '<p style="font-size: 12px; color: #666666; text-align: center;">Ricevi questo messaggio perché sei '
    'iscritto a {{ list.name }}. <a href="{{ unsubscribe_url }}" style="color: #666666;">Annulla l’iscrizione</a></p>',
    "en": '<p style="font-size: 12px; color: #666666; text-align: center;">You receive this message because you '
    'subscribed to {{ list.name }}. <a href="{{ unsubscribe_url }}" style="color: #666666;">Unsubscribe</a></p>',
}
"""What a marketing email gets that offers no way out (docs/decisions/0301-unsubscribe-footer.md)."""

_TEXT_FOOTER = {
    "it": "Annulla l’iscrizione: {{ unsubscribe_url }}",
    "en": "Unsubscribe: {{ unsubscribe_url }}",
}


class Prepared(msgspec.Struct, frozen=True):
    """A design as it is kept, and its links."""

    design: Design
    links: tuple[Link, ...]


def prepare_design(design: Design, *, language: Language) -> Prepared:
    """Return the design ready to be kept; raises TemplateFaultError, naming the part and what is wrong.

    A marketing email without `unsubscribe_url` gets a footer in `language`, in HTML and in its own text.
    """
    for part in ("subject", "html", "body", "link", "image"):
        text: str = getattr(design, part)
        if len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_BYTES:
            raise TemplateFaultError(part, f"It is longer than {MAXIMUM_BYTES} bytes.")
        check_liquid(part, text)
    if design.kind == "sms":
        if not design.body.strip():
            raise TemplateFaultError("body", "An SMS needs a text.")
        return Prepared(msgspec.structs.replace(design, subject="", html="", link="", image=""), ())
    if design.kind == "push":
        return _prepare_push(design)
    return _prepare_email(msgspec.structs.replace(design, link="", image=""), language)


def check_liquid(part: str, text: str) -> None:
    """Raise TemplateFaultError unless `text` is Liquid that can be read."""
    environment = liquid_environment(markup=part == "html")
    try:
        used = environment.from_string(text).analyze().filters
    except LiquidError as error:
        raise TemplateFaultError(part, str(error)) from None
    unknown = sorted(set(used) - set(environment.filters))
    if unknown:
        raise TemplateFaultError(part, f"There is no filter called {unknown[0]}.")


def _prepare_push(design: Design) -> Prepared:
    if not design.body.strip():
        raise TemplateFaultError("body", "A push needs a text.")
    link, image = design.link.strip(), design.image.strip()
    if link and not may_be_tracked(link) and not is_system_address(link):
        raise TemplateFaultError("link", "A push leads to the web: it begins with https:// or a value.")
    if image and not may_be_tracked(image):
        raise TemplateFaultError("image", "A picture lies on the web: it begins with https:// or a value.")
    kept = msgspec.structs.replace(design, html="", link=link, image=image)
    return Prepared(kept, (Link(0, link),) if link and may_be_tracked(link) else ())


def _prepare_email(design: Design, language: Language) -> Prepared:
    if not design.subject.strip():
        raise TemplateFaultError("subject", "An email needs a subject.")
    if not design.html.strip():
        raise TemplateFaultError("html", "An email needs its HTML.")
    html, body = design.html, design.body
    if design.template_class == "marketing":
        if "unsubscribe_url" not in html:
            html = _add_footer(html, _FOOTER[language])
        if body.strip() and "unsubscribe_url" not in body:
            body = f"{body.rstrip()}\n\n{_TEXT_FOOTER[language]}\n"
    hidden = hide_liquid(html)
    tree = parse_markup(inline_styles(hidden.html))
    remove_dangers(tree)
    _check_text(tree)
    links = tuple(
        Link(position, url)
        for position, anchor in enumerate(list_anchors(tree))
        for url in (hidden.show(anchor.attributes["href"] or "").strip(),)
        if may_be_tracked(url)
    )
    kept = hidden.show(to_html(tree))
    check_liquid("html", kept)
    return Prepared(msgspec.structs.replace(design, html=kept, body=body), links)


def _check_text(tree: LexborHTMLParser) -> None:
    """Raise TemplateFaultError where the elements are nested too deep to be read out as text."""
    try:
        derive_text(tree)
    except RecursionError:
        raise TemplateFaultError("html", "Its elements are nested too deep.") from None


def _add_footer(html: str, footer: str) -> str:
    place = html.lower().rfind("</body>")
    return f"{html}{footer}" if place < 0 else f"{html[:place]}{footer}{html[place:]}"
