"""Why a value was not taken in names its type as JSON does, in both languages."""

import msgspec
import pytest

from percorso.api.language import say_rejection
from percorso.intake.errors import RejectedError
from percorso.intake.wire import decode_call


@pytest.mark.parametrize(
    ("field", "value", "english", "italian"),
    [
        (
            "properties",
            "x",
            "Expected object or null, got string",
            "era atteso un oggetto, è arrivato un testo",
        ),
        (
            "properties",
            [1],
            "Expected object or null, got array",
            "era atteso un oggetto, è arrivato un elenco",
        ),
        ("event", 7, "Expected string or null, got number", "era atteso un testo, è arrivato un numero"),
        (
            "userId",
            {},
            "Expected number or string or null, got object",
            "era atteso un numero o un testo, è arrivato un oggetto",
        ),
        ("traits", 1, "Expected object or null, got number", "era atteso un oggetto, è arrivato un numero"),
        (
            "context",
            True,
            "Expected object or null, got boolean",
            "era atteso un oggetto, è arrivato vero o falso",
        ),
    ],
)
def test_types_are_called_as_json_calls_them(field: str, value: object, english: str, italian: str) -> None:
    call = {"type": "track", "event": "e", "userId": "u", field: value}
    with pytest.raises(RejectedError) as refused:
        decode_call(msgspec.json.encode(call))
    said = f"{english} - at `$.{field}`."
    assert (refused.value.code, str(refused.value)) == ("invalid_type", said)
    assert say_rejection("invalid_type", said, "it") == f"In `{field}` {italian}."


def test_a_type_that_is_no_call_is_quoted() -> None:
    said = say_rejection("unknown_type", "Its `type` is 'purchase', which is no call.", "it")
    assert said == "Il suo tipo «purchase» non è una chiamata prevista."
