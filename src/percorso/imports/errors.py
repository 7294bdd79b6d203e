"""Errors of imports and exports.

ImportsError
├── FileRefusedError      the file is no table that can be read: nothing of it is kept
├── SettingsError         what is asked of the rows cannot be done; `columns` are at fault, if any
├── UnknownImportError    no such import in this workspace
├── ImportStateError      the import is in a state in which this cannot be asked
└── ExportRefusedError    what is to be exported cannot be
"""

from collections.abc import Mapping
from typing import Final, Literal

REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "empty_file": ("The file is empty.", "Il file è vuoto."),
    "only_header": ("The file has a header and no rows.", "Il file ha solo l'intestazione, senza righe."),
    "file_too_large": ("The file is larger than {maximum} MB.", "Il file supera {maximum} MB."),
    "too_many_columns": (
        "The file has {columns} columns; at most {maximum} can be imported.",
        "Il file ha {columns} colonne; se ne possono importare al massimo {maximum}.",
    ),
    "not_a_table": (
        "The file is neither text nor an XLSX workbook.",
        "Il file non è né testo né una cartella XLSX.",
    ),
    "old_workbook": (
        "The file is an old or protected Excel workbook. Save it as XLSX without a password, or as CSV.",
        "Il file è una cartella Excel vecchia o protetta. Salvala come XLSX senza password, o come CSV.",
    ),
    "broken_workbook": (
        "The workbook cannot be read. Save it again, or as CSV.",
        "La cartella non si può leggere. Salvala di nuovo, o come CSV.",
    ),
    "workbook_too_large": (
        "The workbook unpacks to more than can be read. Save it as CSV.",
        "La cartella, una volta aperta, supera quanto si può leggere. Salvala come CSV.",
    ),
    "unknown_encoding": (
        "{encoding} is no encoding that can be read.",
        "{encoding} non è una codifica leggibile.",
    ),
    "wrong_encoding": (
        "The file is not written in {encoding}.",
        "Il file non è scritto in {encoding}.",
    ),
    "bad_delimiter": (
        "A delimiter is one character, and not a quote or a line break.",
        "Un separatore è un solo carattere, e non virgolette o a capo.",
    ),
    "long_header": (
        "The first line is longer than can be read.",
        "La prima riga è più lunga di quanto si possa leggere.",
    ),
    "erased_meanwhile": (
        "Somebody was erased while the file was on its way, so it was not kept. Bring it again, without them.",
        "Mentre il file arrivava qualcuno è stato cancellato, perciò non è stato tenuto. Portalo di nuovo, senza di lui.",
    ),
    "ended_meanwhile": (
        "The import was ended while its file was on its way.",
        "L'importazione è stata chiusa mentre il file arrivava.",
    ),
}
"""Why a file is refused, by code, in English and Italian."""

SETTING_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "wrong_width": (
        "The file has {columns} columns and {targets} are described.",
        "Il file ha {columns} colonne e ne sono descritte {targets}.",
    ),
    "no_identity_column": (
        "No column says who the contact is: map one to email, phone, external id or user id.",
        "Nessuna colonna dice chi è il contatto: assegnane una a email, telefono, id esterno o id utente.",
    ),
    "duplicate_target": (
        "Two columns are mapped to {target}.",
        "Due colonne sono assegnate a {target}.",
    ),
    "bad_path": (
        "{path} cannot name an attribute.",
        "{path} non può essere il nome di un attributo.",
    ),
    "bad_format": (
        "The format {format} cannot be read.",
        "Il formato {format} non è leggibile.",
    ),
    "no_such_list": ("There is no such list.", "La lista non esiste."),
    "no_such_group": ("There is no such group.", "Il gruppo non esiste."),
    "duplicate_subscription": (
        "The same list and channel is named twice.",
        "La stessa lista e canale compaiono due volte.",
    ),
    "no_evidence": (
        "Evidence has a wording, and was said before now.",
        "La prova ha un testo, ed è stata data prima di adesso.",
    ),
    "bad_country": (
        "{country} is no country with telephone numbers.",
        "{country} non è un paese con numeri di telefono.",
    ),
    "bad_time_zone": ("{zone} is no time zone.", "{zone} non è un fuso orario."),
    "no_fields": ("Name at least one field to export.", "Indica almeno un campo da esportare."),
    "unknown_field": ("{field} is nothing that can be exported.", "{field} non è esportabile."),
    "no_such_segment": ("There is no such segment.", "Il segmento non esiste."),
}
"""What may be wrong with what is asked, by code, in English and Italian."""


class ImportsError(Exception):
    """Root of what imports raise; the message is an English sentence, `code` and `values` say it in others."""

    code = "imports_error"

    def __init__(self, sentence: str, values: Mapping[str, str | int] | None = None) -> None:
        self.values = dict(values or {})
        super().__init__(sentence)


class FileRefusedError(ImportsError):
    """The file is no table that can be read; `code` is one of REFUSALS."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.code = code
        super().__init__(REFUSALS[code][0].format_map(values), values)


class SettingsError(ImportsError):
    """What is asked of the rows cannot be done; `code` is one of SETTING_FAULTS, `column` counts from 0."""

    def __init__(self, code: str, *, column: int | None = None, **values: str | int) -> None:
        self.code = code
        self.column = column
        super().__init__(SETTING_FAULTS[code][0].format_map(values), values)


class UnknownImportError(ImportsError):
    """No such import in this workspace."""

    code = "unknown_import"

    def __init__(self) -> None:
        super().__init__("There is no such import.")


class ImportStateError(ImportsError):
    """The import is in a state in which this cannot be asked."""

    code = "import_state"

    def __init__(self, state: str) -> None:
        super().__init__("The import is not in a state in which this can be asked.", {"state": state})


class ExportRefusedError(ImportsError):
    """What is to be exported cannot be; `code` is one of SETTING_FAULTS."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.code = code
        super().__init__(SETTING_FAULTS[code][0].format_map(values), values)


def say_setting(error: SettingsError, language: Literal["it", "en"]) -> str:
    """Return what is wrong with what is asked."""
    return SETTING_FAULTS[error.code][language == "it"].format_map(error.values)
