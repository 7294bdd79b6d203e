"""Templates filled in for one contact. What does not depend on the contact is done once per version."""

from collections import OrderedDict
from typing import Any, Final
from uuid import UUID

import msgspec
from liquid import BoundTemplate
from liquid.exceptions import LiquidError

from percorso.channels.email.mime import clean_header
from percorso.content.addresses import find_destination, find_plain_address, is_system_address
from percorso.content.errors import RenderFaultError, TemplateFaultError
from percorso.content.liquid import LOCALE, liquid_environment
from percorso.content.markup import hide_liquid, list_anchors, parse_markup, to_html
from percorso.content.model import Filling, PublicUrls, Rendered, TemplateVersion
from percorso.content.plain_text import derive_text

_PIXEL = (
    '{% if percorso_pixel %}<img src="{{ percorso_pixel }}" width="1" height="1" alt="" '
    'style="display: block; width: 1px; height: 1px; border: 0;">{% endif %}'
)
_NOWHERE: Final = "#"
_MAXIMUM_SUBJECT = 500
_CACHED = 500


class CompiledTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A version ready to be filled. `plain` are untracked links with values in them, `tracked` the positions."""

    version: TemplateVersion
    subject: BoundTemplate
    html: BoundTemplate | None
    text: BoundTemplate
    plain: dict[int, str]
    tracked: tuple[int, ...]
    link: BoundTemplate | None = None
    """Where a push leads; None: nowhere."""


class TemplateCache:
    """Compiled versions, the latest used ones; a version never changes, so nothing here goes stale."""

    def __init__(self) -> None:
        self._compiled: OrderedDict[tuple[UUID, int], CompiledTemplate] = OrderedDict()

    def find(self, template_id: UUID, number: int) -> CompiledTemplate | None:
        """Return the compiled version if it is here."""
        found = self._compiled.get((template_id, number))
        if found is not None:
            self._compiled.move_to_end((template_id, number))
        return found

    def compile(self, version: TemplateVersion) -> CompiledTemplate:
        """Return the version compiled, and keep it; raises RenderFaultError."""
        compiled = compile_template(version)
        self._compiled[version.template_id, version.number] = compiled
        while len(self._compiled) > _CACHED:
            self._compiled.popitem(last=False)
        return compiled


def compile_template(version: TemplateVersion) -> CompiledTemplate:
    """Return the version with its tracked links and pixel put in; raises RenderFaultError."""
    plain_text = liquid_environment(markup=False)
    try:
        if version.kind == "sms":
            return CompiledTemplate(
                version=version,
                subject=plain_text.from_string(""),
                html=None,
                text=plain_text.from_string(version.body),
                plain={},
                tracked=(),
            )
        if version.kind == "push":
            return _compile_push(version)
        html, text, plain = _put_in_links(version)
        return CompiledTemplate(
            version=version,
            subject=plain_text.from_string(version.subject),
            html=liquid_environment(markup=True).from_string(html),
            text=plain_text.from_string(text),
            plain=plain,
            tracked=tuple(link.position for link in version.links if link.tracked),
        )
    except (LiquidError, TemplateFaultError, RecursionError) as error:
        raise RenderFaultError(str(error)) from None


def _compile_push(version: TemplateVersion) -> CompiledTemplate:
    """Return a push compiled: its one link is a variable, unless it leads to the contact's own pages."""
    plain_text = liquid_environment(markup=False)
    tracked = tuple(link.position for link in version.links if link.tracked)
    source = version.link if is_system_address(version.link) else "{{ percorso_link_0 }}"
    return CompiledTemplate(
        version=version,
        subject=plain_text.from_string(version.subject),
        html=None,
        text=plain_text.from_string(version.body),
        plain={} if tracked or is_system_address(version.link) else {0: version.link},
        tracked=tracked,
        link=plain_text.from_string(source) if version.link else None,
    )


def _put_in_links(version: TemplateVersion) -> tuple[str, str, dict[int, str]]:
    """Return HTML and text whose links are variables, and the untracked links that hold values, by position."""
    hidden = hide_liquid(version.html)
    tree = parse_markup(hidden.html)
    tracked = {link.position for link in version.links if link.tracked}
    plain: dict[int, str] = {}
    for position, anchor in enumerate(list_anchors(tree)):
        url = hidden.show(anchor.attributes["href"] or "")
        if position not in tracked:
            if is_system_address(url) or "{" not in url:
                continue
            plain[position] = url
        anchor.attrs["href"] = f"{{{{ percorso_link_{position} }}}}"
    html = hidden.show(to_html(tree))
    place = html.rfind("</body>")
    html = f"{html[:place]}{_PIXEL}{html[place:]}" if place >= 0 else html + _PIXEL
    text = version.body if version.body.strip() else hidden.show(derive_text(tree))
    return html, text, plain


def render_message(compiled: CompiledTemplate, filling: Filling, urls: PublicUrls) -> Rendered:
    """Return the message filled in; raises RenderFaultError, also where a limit was met.

    The subject is one line. Links that would lead nowhere usable become `#`; a push then leads nowhere.
    """
    data = _gather_data(filling, urls)
    try:
        untracked = {
            link.position: link.url
            for link in compiled.version.links
            if link.tracked and link.position not in urls.links
        }
        for position, source in (compiled.plain | untracked).items():
            address = find_plain_address(source, _render_plain(source, data))
            data[f"percorso_link_{position}"] = address or _NOWHERE
        subject = clean_header(compiled.subject.render(data))[:_MAXIMUM_SUBJECT]
        html = compiled.html.render(data) if compiled.html is not None else ""
        text = compiled.text.render(data)
        link = compiled.link.render(data) if compiled.link is not None else ""
        image = _render_image(compiled.version.image, data)
    except (LiquidError, ArithmeticError, ValueError, TypeError, RecursionError) as error:
        raise RenderFaultError(f"{type(error).__name__}: {error}") from None
    if compiled.html is not None:
        return Rendered(subject=subject, html=html, text=text)
    return Rendered(
        subject=subject, html="", text=text.strip(), link="" if link == _NOWHERE else link, image=image
    )


def _render_image(source: str, data: dict[str, Any]) -> str:
    """Return the address of a push's picture, empty where there is none that could be loaded."""
    return (find_destination(source, _render_plain(source, data)) or "") if source else ""


def render_destination(source: str, filling: Filling) -> str | None:
    """Return where a link leads for this contact, or None if nowhere usable."""
    if "{" not in source:
        return find_destination(source, source)
    try:
        return find_destination(source, _render_plain(source, _gather_data(filling, None)))
    except (LiquidError, ArithmeticError, ValueError, TypeError, RecursionError):
        return None


def _render_plain(source: str, data: dict[str, Any]) -> str:
    return liquid_environment(markup=False).from_string(source).render(data)


_NO_URLS: Final = PublicUrls(unsubscribe="", preferences="", view_online="")


def _gather_data(filling: Filling, urls: PublicUrls | None) -> dict[str, Any]:
    """Return the variables by name; an event that is not there reads as empty."""
    urls = urls or _NO_URLS
    return {
        "contact": filling.contact,
        "event": filling.event or {},
        "run": filling.run,
        "list": filling.list,
        "unsubscribe_url": urls.unsubscribe,
        "preferences_url": urls.preferences,
        "view_online_url": urls.view_online,
        "confirm_url": urls.confirm,
        "percorso_pixel": urls.pixel,
        LOCALE: filling.locale,
        **{f"percorso_link_{position}": url for position, url in urls.links.items()},
    }
