"""A value that does not fit is told of in JSON's words, in both languages."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta

from percorso.api.unfit import say_unfit


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    key: int


class Ask(msgspec.Struct, forbid_unknown_fields=True):
    """One field of each sort that requests have."""

    text: Annotated[str, Meta(min_length=1, max_length=3)] = "x"
    long: Annotated[str, Meta(min_length=2)] = "xx"
    count: Annotated[int, Meta(ge=1, le=5)] = 1
    rate: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    counts: Annotated[list[int], Meta(min_length=1, max_length=2)] | None = None
    choice: Literal["x", "y"] = "x"
    id: UUID | None = None
    at: datetime | None = None
    on: date | None = None
    flag: bool = False
    inner: Inner | None = None
    both: str | int | None = None
    form: Annotated[str, Meta(pattern="^a$")] = "a"


CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"text": 1}, "Expected a string, got a whole number", "Serve una stringa, non un numero intero"),
    ({"text": None}, "Expected a string, got null", "Serve una stringa, non null"),
    ({"text": ["x"]}, "Expected a string, got an array", "Serve una stringa, non un array"),
    ({"text": ""}, "Expected a string that is not empty", "Serve una stringa non vuota"),
    ({"text": "1234"}, "Expected a string of at most 3 characters", "Serve una stringa di al massimo 3 caratteri"),
    ({"long": "1"}, "Expected a string of at least 2 characters", "Serve una stringa di almeno 2 caratteri"),
    ({"count": "x"}, "Expected a whole number, got a string", "Serve un numero intero, non una stringa"),
    ({"count": 1.5}, "Expected a whole number, got a number", "Serve un numero intero, non un numero"),
    ({"count": 0}, "Expected a whole number of at least 1", "Serve un numero intero di almeno 1"),
    ({"count": 9}, "Expected a whole number of at most 5", "Serve un numero intero di al massimo 5"),
    ({"rate": 0}, "Expected a number above 0.0", "Serve un numero maggiore di 0.0"),
    ({"rate": 1}, "Expected a number below 1.0", "Serve un numero minore di 1.0"),
    ({"counts": {}}, "Expected an array or null, got an object", "Serve un array o null, non un oggetto"),
    ({"counts": []}, "Expected an array that is not empty", "Serve un array non vuoto"),
    ({"counts": [1, 2, 3]}, "Expected at most 2 items", "Servono al massimo 2 elementi"),
    ({"choice": "z"}, "The value 'z' is none of those that may stand here", "Il valore 'z' non è tra quelli ammessi qui"),
    ({"id": "z"}, "It is no UUID", "Non è un UUID"),
    ({"id": 3}, "Expected a UUID or null, got a whole number", "Serve un UUID o null, non un numero intero"),
    ({"at": "z"}, "It is no date and time like 2026-05-10T10:00:00Z", "Non è una data con ora come 2026-05-10T10:00:00Z"),
    ({"on": "z"}, "It is no date like 2026-05-10", "Non è una data come 2026-05-10"),
    ({"flag": "yes"}, "Expected true or false, got a string", "Serve vero o falso, non una stringa"),
    ({"inner": {}}, "The field key is missing", "Manca il campo key"),
    ({"inner": {"key": 1, "other": 2}}, "There is no field other", "Il campo other non esiste"),
    ({"both": True}, "Expected a whole number or a string or null, got true or false",
     "Serve un numero intero o una stringa o null, non vero o falso"),
    ({"form": "b"}, "Expected a string of the form '^a$'", "Serve una stringa della forma '^a$'"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "english", "italian"), CASES)
def test_what_the_decoder_says_is_said_in_the_words_of_json(
    sent: dict[str, Any], english: str, italian: str
) -> None:
    with pytest.raises(msgspec.ValidationError) as unfit:
        msgspec.json.decode(msgspec.json.encode(sent), type=Ask)
    message = str(unfit.value).partition(" - at ")[0]
    assert (say_unfit(message, "en"), say_unfit(message, "it")) == (english, italian)


def test_what_is_not_the_decoders_is_left_alone() -> None:
    assert say_unfit("It is required.", "it") is None
