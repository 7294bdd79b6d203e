"""The web application's types are those of the API as it stands."""

import json

from tools.openapi import WRITTEN, describe


def test_the_web_was_given_the_api_as_it_stands() -> None:
    written = json.loads(WRITTEN.read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(describe())), "run `python -m tools.openapi`"
