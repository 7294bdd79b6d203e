"""HTML with Liquid in it, read and written without either spoiling the other.

Liquid is replaced by marks that HTML tools leave alone (a comment where text stands, a word inside attributes), and
put back afterwards. It may stand in text and in attribute values, nowhere else in a tag: there, a value could become
markup.
"""

import re

import css_inline
from selectolax.lexbor import LexborHTMLParser, LexborNode

from percorso.content.errors import TemplateFaultError

MAXIMUM_BYTES = 500_000

_MARK = "percorsoliquid"
_LIQUID = r"\{\{.*?\}\}|\{%.*?%\}"
_TOKENS = re.compile(
    _LIQUID + r"|<!--|-->|</?(?:style|script|title|textarea)\b|</?[a-zA-Z]|[>\"']", re.DOTALL | re.IGNORECASE
)
_MARKED = re.compile(rf"<!--{_MARK}(\d+)x-->|{_MARK}(\d+)x")
_UNQUOTED_VALUE = re.compile(r"=\s*[^\s\"'<>]*$")
_RAW_TEXT = frozenset({"style", "script", "title", "textarea"})
_DANGEROUS = "script, iframe, frame, object, embed, applet, base, form, meta[http-equiv=refresh i]"
_SCHEME = re.compile(r"[\x00-\x20]*(javascript|vbscript|data)[\x00-\x20]*:", re.IGNORECASE)
_ADDRESSES = ("href", "src", "action", "formaction", "background", "poster", "xlink:href")

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True, base_url=None)


class Hidden:
    """HTML whose Liquid is hidden, and the way to put it back."""

    def __init__(self, html: str, pieces: list[str]) -> None:
        self.html = html
        self._pieces = pieces

    def show(self, html: str) -> str:
        """Return `html` with the hidden Liquid in its places."""
        return _MARKED.sub(lambda found: self._pieces[int(found[1] or found[2])], html)


class _Scan:
    """Where in the HTML a piece of Liquid stands."""

    def __init__(self) -> None:
        self.place = "text"
        self.quote = ""
        self.raw = ""

    def pass_token(self, word: str) -> None:
        if self.place == "comment":
            self.place = "text" if word == "-->" else "comment"
        elif self.quote:
            self.quote = "" if word == self.quote else self.quote
        elif self.place == "tag":
            self._pass_in_tag(word)
        elif word == "<!--" and not self.raw:
            self.place = "comment"
        elif word.startswith("<"):
            self._open_tag(word)

    def _pass_in_tag(self, word: str) -> None:
        if word in "\"'":
            self.quote = word
        elif word == ">":
            self.place = "text"

    def _open_tag(self, word: str) -> None:
        name = word.lstrip("</").lower()
        closing = word.startswith("</")
        if self.raw and not (closing and name == self.raw):
            return
        self.place = "tag"
        self.raw = "" if closing else name if name in _RAW_TEXT else ""


def hide_liquid(html: str) -> Hidden:
    """Return `html` with its Liquid hidden; raises TemplateFaultError where Liquid stands in a tag's bones."""
    if _MARK in html:
        raise TemplateFaultError("html", f"The word {_MARK} is Percorso's own.")
    scan, pieces, parts, end = _Scan(), list[str](), list[str](), 0
    for found in _TOKENS.finditer(html):
        word = found[0]
        if not word.startswith(("{{", "{%")):
            scan.pass_token(word)
            continue
        if (
            scan.place == "tag"
            and not scan.quote
            and not _UNQUOTED_VALUE.search(html, max(0, found.start() - 500), found.start())
        ):
            raise TemplateFaultError(
                "html",
                f"{word[:60]} stands inside a tag. Put it into the value of an attribute, or into text.",
            )
        in_text = scan.place == "text" and not scan.raw
        parts += (
            html[end : found.start()],
            f"<!--{_MARK}{len(pieces)}x-->" if in_text else f"{_MARK}{len(pieces)}x",
        )
        pieces.append(word)
        end = found.end()
    return Hidden("".join((*parts, html[end:])), pieces)


def parse_markup(html: str) -> LexborHTMLParser:
    """Return the tree of HTML whose Liquid is hidden."""
    return LexborHTMLParser(html)


def inline_styles(html: str) -> str:
    """Return a whole document with its styles inlined; nothing is loaded from anywhere."""
    try:
        return _inliner.inline(html)
    except css_inline.InlineError as error:
        raise TemplateFaultError("html", f"The styles cannot be inlined: {error}.") from None


def remove_dangers(tree: LexborHTMLParser) -> None:
    """Take scripts, frames, forms, event attributes and script addresses out of the tree."""
    for node in tree.css(_DANGEROUS):
        node.decompose()
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            if name.lower().startswith("on") or (
                name.lower() in _ADDRESSES and value is not None and _SCHEME.match(value)
            ):
                del node.attrs[name]


def list_anchors(tree: LexborHTMLParser) -> list[LexborNode]:
    """Return every element that can be clicked, in the order of the document."""
    return [node for node in tree.css("[href]") if node.tag in ("a", "area")]


def to_html(tree: LexborHTMLParser) -> str:
    """Return the document written out, every attribute quoted."""
    return tree.html or ""
