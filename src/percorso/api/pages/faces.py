"""The typeface of the public pages: the one that the web application brings, from our own address."""

from importlib import resources
from pathlib import Path
from typing import Final

_RANGES: Final = (
    (
        "latin-ext",
        "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,U+1E00-1E9F,"
        "U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF",
    ),
    (
        "latin",
        "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,"
        "U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    ),
)
"""What each file holds, as its package (@fontsource-variable/inter) says: a page loads only what it needs."""


def write_faces(folder: Path) -> str:
    """Return the style rules that load Inter from the built application's `folder` of assets; none where it is not."""
    faces = ""
    for subset, characters in _RANGES:
        # The build puts a hash of the content into the name.
        for file in sorted(folder.glob(f"inter-{subset}-wght-normal-*.woff2"))[:1]:
            faces += (
                '@font-face { font-family: "Inter Variable"; font-style: normal; font-display: swap; '
                f"font-weight: 100 900; src: url(/assets/{file.name}) format('woff2'); "
                f"unicode-range: {characters}; }}\n"
            )
    return faces


FACES: Final = write_faces(Path(str(resources.files("percorso.api").joinpath("static/assets"))))
"""The rules of what was built when the server started."""
