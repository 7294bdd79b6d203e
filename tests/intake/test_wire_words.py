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
            "Atteso un oggetto o null, trovato un testo",
        ),
        (
            "properties",
            [1],
            "Expected object or null, got array",
            "Atteso un oggetto o null, trovato un elenco",
        ),
        ("event", 7, "Expected string or null, got number", "Atteso un testo o null, trovato un numero"),
        (
            "userId",
            {},
            "Expected number or string or null, got object",
            "Atteso un numero, un testo o null, trovato un oggetto",
        ),
        ("traits", 1, "Expected object or null, got number", "Atteso un oggetto o null, trovato un numero"),
        (
            "context",
            True,
            "Expected object or null, got boolean",
            "Atteso un oggetto o null, trovato vero o falso",
        ),
    ],
)
def test_types_are_called_as_json_calls_them(field: str, value: object, english: str, italian: str) -> None:
    call = {"type": "track", "event": "e", "userId": "u", field: value}
    with pytest.raises(RejectedError) as refused:
        decode_call(msgspec.json.encode(call))
    said = f"{english} - at `$.{field}`."
    assert (refused.value.code, str(refused.value)) == ("invalid_type", said)
    assert say_rejection("invalid_type", said, "it") == f"{italian}: `$.{field}`."
