"""The text part of an email that came without one. Pure."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "div",
        "dl",
        "dt",
        "dd",
        "fieldset",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset({"head", "script", "style", "template", "title"})
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")


def derive_text(tree: LexborHTMLParser) -> str:
    """Return the words of a document, one block a line, each link followed by its address.

    Comments are kept as text if they are hidden Liquid: the caller puts the Liquid back.
    """
    parts: list[str] = []
    if tree.body is not None:
        _gather(tree.body, parts)
    lines = [_SPACES.sub(" ", line).strip() for line in "".join(parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _gather(node: LexborNode, parts: list[str]) -> None:
    """Append the words below a node, depth first."""
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            parts.append(_SPACES.sub(" ", child.text_content or ""))
        elif tag == "-comment":
            parts.append(_read_comment(child))
        elif tag == "br":
            parts.append("\n")
        elif tag == "img":
            parts.append(child.attributes.get("alt") or "")
        elif tag not in _SILENT:
            _gather_element(child, tag, parts)


def _gather_element(node: LexborNode, tag: str, parts: list[str]) -> None:
    is_block = tag in _BLOCKS
    if is_block:
        parts.append("\n")
    if tag == "li":
        parts.append("- ")
    before = len(parts)
    _gather(node, parts)
    if tag in ("td", "th"):
        parts.append(" ")
    href = node.attributes.get("href") if tag == "a" else None
    if href and not href.startswith("#"):
        words = "".join(parts[before:]).strip()
        parts.append(href if not words else "" if words == href else f" ({href})")
    if is_block:
        parts.append("\n")


def _read_comment(node: LexborNode) -> str:
    """Return a comment that hides Liquid as it stands in the HTML; any other is nothing."""
    html = node.html or ""
    return html if html.startswith("<!--percorsoliquid") else ""
