"""Why a row was rejected, and what a file's owner should know, in words of the language asked: pure."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from percorso.imports.model import Note

Language = Literal["it", "en"]


class RowFault(Exception):
    """A row that is not taken in: `code` is one of FAULTS, `column` the place of the cell at fault, from 0."""

    def __init__(self, code: str, column: int | None = None, **values: str | int) -> None:
        self.code = code
        self.column = column
        self.values = values
        super().__init__(code)


class Reject(msgspec.Struct, frozen=True):
    """A row of a file that was rejected: its number as a spreadsheet counts, its cells as far as they are kept."""

    row: int
    code: str
    column: int | None
    values: dict[str, str | int]
    cells: tuple[str, ...]


FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "ragged": (
        "The row has {cells} cells, the file has {columns} columns: another delimiter, or a quote is missing.",
        "La riga ha {cells} celle, il file ha {columns} colonne: separatore diverso, o manca una virgoletta.",
    ),
    "quotes": (
        "A quote is never closed, or text follows a closing quote.",
        "Una virgoletta non viene mai chiusa, o c'è testo dopo quella di chiusura.",
    ),
    "long_line": (
        "The line is longer than {maximum} characters.",
        "La riga supera {maximum} caratteri.",
    ),
    "long_cell": ("The cell is longer than {maximum} characters.", "La cella supera {maximum} caratteri."),
    "nul": (
        "It holds the character NUL, which cannot be stored.",
        "Contiene il carattere NUL, che non si può conservare.",
    ),
    "undecodable": (
        "It holds bytes that are not of the file's encoding.",
        "Contiene byte estranei alla codifica del file.",
    ),
    "no_identity": (
        "Nothing in it says who the contact is.",
        "Niente dice chi è il contatto.",
    ),
    "email": ("It is no email address.", "Non è un indirizzo email."),
    "phone": ("It is no phone number.", "Non è un numero di telefono."),
    "identity": ("It is longer than {maximum} bytes.", "Supera {maximum} byte."),
    "integer": ("It is no whole number.", "Non è un numero intero."),
    "decimal": ("It is no number.", "Non è un numero."),
    "boolean": ("It is neither yes nor no.", "Non è né sì né no."),
    "date": ("It is no date in the form {format}.", "Non è una data nella forma {format}."),
    "date-time": (
        "It is no date and time in the form {format}.",
        "Non è una data e ora nella forma {format}.",
    ),
    "url": ("It is no web address.", "Non è un indirizzo web."),
    "list": ("It is no list.", "Non è un elenco."),
    "object": ("It is no JSON object.", "Non è un oggetto JSON."),
    "required": ("The field {field} is required.", "Il campo {field} è obbligatorio."),
    "unstorable": (
        "The database cannot store it.",
        "La banca dati non lo può conservare.",
    ),
}
"""Why a row is rejected, by code, in English and Italian."""

NOTES: Final[Mapping[str, tuple[str, str]]] = {
    "duplicate_header": (
        "{count} columns are called {name}; they are told apart by a number.",
        "{count} colonne si chiamano {name}; sono distinte da un numero.",
    ),
    "empty_header": (
        "Column {column} has no name.",
        "La colonna {column} non ha nome.",
    ),
    "internal_header": (
        "Percorso uses the name {name} itself; the column is left out unless you choose what it is for.",
        "Percorso usa già il nome {name}; la colonna resta fuori finché non scegli a che serve.",
    ),
    "guessed_encoding": (
        "The encoding {encoding} was guessed: look whether accents are right.",
        "La codifica {encoding} è stata dedotta: controlla che gli accenti siano giusti.",
    ),
    "ragged_sample": (
        "{rows} of the first rows have another number of cells than the header: they would be rejected.",
        "{rows} delle prime righe hanno un numero di celle diverso dall'intestazione: sarebbero scartate.",
    ),
    "formulas": (
        "{cells} cells of the first rows begin like a formula; they are kept as text.",
        "{cells} celle delle prime righe cominciano come una formula; restano testo.",
    ),
    "other_sheets": (
        "The workbook has {sheets} sheets; the first with anything in it is read.",
        "La cartella ha {sheets} fogli; si legge il primo che contiene qualcosa.",
    ),
    "ambiguous_dates": (
        "The dates of {name} fit day first and month first: choose.",
        "Le date di {name} vanno bene sia con il giorno sia con il mese per primo: scegli.",
    ),
}
"""What a file's owner should know, by code, in English and Italian."""

REPORT_WORDS: Final[Mapping[Language, tuple[str, str, str]]] = {
    "en": ("Row", "Column", "Why it was rejected"),
    "it": ("Riga", "Colonna", "Perché è stata scartata"),
}
"""What the report's own columns are called."""


NOTHING: Final[Mapping[Language, str]] = {"en": "(nothing)", "it": "(niente)"}
"""Stands where there is no value."""

MORE_CHANGES: Final[Mapping[Language, str]] = {"en": "and {count} more", "it": "e altri {count}"}
"""Of the changes of one row that are not told one by one."""


def say_fault(code: str, values: Mapping[str, str | int], language: Language) -> str:
    """Return why a row was rejected."""
    return FAULTS[code][language == "it"].format_map(values)


def say_note(note: Note, language: Language) -> str:
    """Return what there is to know."""
    return NOTES[note.code][language == "it"].format_map(note.values)
