"""The public pages' HTML: one quiet card in the list's name, without scripts."""

from collections.abc import Sequence
from html import escape
from typing import Final

import msgspec

from percorso.api.pages.faces import FACES
from percorso.content.model import Language

_LOOK: Final = """
:root { --ground: #fbfaf8; --surface: #ffffff; --line: #e8e5df; --strong: #8c867c; --ink: #1d1b18; --quiet: #5d5953;
  --accent: #0f6f65; --pressed: #0c6158; --on: #ffffff; --soft: #e2f1ee; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #151718; --surface: #1d2021; --line: #2c3132; --strong: #747c7e; --ink: #eeede9; --quiet: #b0b3b0;
    --accent: #4fb9ab; --pressed: #6cc9bc; --on: #06211e; --soft: #17302e; } }
* { box-sizing: border-box; margin: 0; }
body { background: var(--ground); color: var(--ink); min-height: 100vh; display: flex; flex-direction: column;
  align-items: center; padding: 12vh 20px 48px; -webkit-font-smoothing: antialiased;
  font: 16px/1.55 "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.brand { width: 100%; max-width: 460px; padding: 0 4px 14px; font-size: 14px; font-weight: 600; color: var(--quiet);
  letter-spacing: 0.01em; }
main { width: 100%; max-width: 460px; background: var(--surface); border: 1px solid var(--line); border-radius: 14px;
  padding: 36px 36px 32px; box-shadow: 0 1px 2px rgb(40 34 20 / 5%), 0 12px 32px rgb(40 34 20 / 5%); }
h1 { font-size: 24px; line-height: 1.25; font-weight: 650; letter-spacing: -0.015em; text-wrap: balance; }
p { margin-top: 12px; color: var(--quiet); text-wrap: pretty; }
form { margin-top: 26px; }
button { font: inherit; font-weight: 600; color: var(--on); background: var(--accent); border: 0; border-radius: 9px;
  padding: 12px 20px; width: 100%; cursor: pointer; }
button:hover { background: var(--pressed); }
a { color: var(--accent); text-underline-offset: 3px; text-decoration-thickness: 1px; }
.more { margin-top: 20px; text-align: center; font-size: 15px; }
.notice { margin-top: 18px; padding: 10px 14px; border-radius: 9px; background: var(--soft); color: var(--ink); }
label { display: flex; align-items: center; gap: 14px; padding: 15px 2px; border-bottom: 1px solid var(--line);
  cursor: pointer; }
label:first-of-type { border-top: 1px solid var(--line); }
label span { display: block; font-weight: 600; }
label small { display: block; font-size: 14px; color: var(--quiet); overflow-wrap: anywhere; }
label + button { margin-top: 24px; }
input { appearance: none; flex: none; width: 22px; height: 22px; border: 1.5px solid var(--strong); border-radius: 6px;
  background: var(--surface); display: grid; place-content: center; cursor: pointer; }
input:checked { background: var(--accent); border-color: var(--accent); }
input:checked::after { content: ""; width: 6px; height: 11px; margin-top: -2px; border: solid var(--on);
  border-width: 0 2px 2px 0; transform: rotate(45deg); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
@media (max-width: 480px) { body { padding-top: 32px; } main { padding: 26px 22px 24px; } h1 { font-size: 22px; } }
"""
STYLE: Final = FACES + _LOOK
"""The one style sheet; the content security policy names its hash."""


class Choice(msgspec.Struct, frozen=True):
    """One box to tick."""

    name: str
    label: str
    detail: str
    is_chosen: bool


def render_page(
    *,
    language: Language,
    brand: str,
    heading: str,
    paragraphs: Sequence[str] = (),
    notice: str = "",
    button: str = "",
    choices: Sequence[Choice] = (),
    more: tuple[str, str] | None = None,
) -> str:
    """Return a whole page. With a `button` there is a form that is posted to the page's own address.

    `more` is a quiet link: (address, words). Everything is escaped here.
    """
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    if notice:
        body += f'<p class="notice" role="status">{escape(notice)}</p>'
    if button:
        boxes = "".join(map(_render_choice, choices))
        body += f'<form method="post">{boxes}<button type="submit">{escape(button)}</button></form>'
    if more:
        body += f'<p class="more"><a href="{escape(more[0])}">{escape(more[1])}</a></p>'
    title = f"{heading} – {brand}" if brand else heading
    header = f'<div class="brand">{escape(brand)}</div>' if brand else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body>{header}<main><h1>{escape(heading)}</h1>{body}</main></body></html>"
    )


def _render_choice(choice: Choice) -> str:
    checked = " checked" if choice.is_chosen else ""
    return (
        f'<label><input type="checkbox" name="{escape(choice.name)}" value="1"{checked}>'
        f"<div><span>{escape(choice.label)}</span><small>{escape(choice.detail)}</small></div></label>"
    )
