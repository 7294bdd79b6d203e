"""What can be wrong with a tree, in words, Italian and English."""

from typing import Any, Final, Literal

import msgspec

Severity = Literal["error", "warning"]
"""error: the tree cannot be compiled. warning: it can, but a condition in it has no effect."""

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "unreadable": ("This is not a condition: {detail}", "Questa non è una condizione: {detail}"),
    "too_deep": (
        "Conditions are nested more than {limit} levels deep.",
        "Le condizioni sono annidate per più di {limit} livelli.",
    ),
    "too_many": (
        "There are {count} conditions; at most {limit} are allowed.",
        "Ci sono {count} condizioni; al massimo ne sono ammesse {limit}.",
    ),
    "not_supported_yet": (
        'A condition of the kind "{kind}" cannot be used here yet.',
        "Una condizione di tipo «{kind}» non può ancora essere usata qui.",
    ),
    "path_empty": ("A condition does not say what it reads.", "Una condizione non dice che cosa legge."),
    "path_malformed": (
        'The path "{path}" is malformed: names are separated by single dots, and [] may follow a name.',
        "Il percorso «{path}» non è valido: i nomi sono separati da un punto, e [] può seguire un nome.",
    ),
    "path_too_deep": (
        'The path "{path}" has more than {limit} names.',
        "Il percorso «{path}» ha più di {limit} nomi.",
    ),
    "path_too_long": (
        "A path is longer than {limit} characters.",
        "Un percorso è più lungo di {limit} caratteri.",
    ),
    "path_is_list": (
        'The path "{path}" reads a list; a {type} cannot be read there.',
        "Il percorso «{path}» legge un elenco; non vi si può leggere un valore di tipo {type}.",
    ),
    "operator_unknown": (
        'There is no test "{operator}" for {type}. Known are: {known}.',
        "Non esiste il confronto «{operator}» per {type}. Esistono: {known}.",
    ),
    "operand_count": (
        'The test "{operator}" takes {expected} values; {found} were given.',
        "Il confronto «{operator}» richiede {expected} valori; ne sono stati dati {found}.",
    ),
    "operand_type": (
        'The test "{operator}" expects {expected}; {found} was given.',
        "Il confronto «{operator}» richiede {expected}; è stato dato {found}.",
    ),
    "operand_not_constant": (
        'The test "{operator}" takes a fixed {expected}, not one read from data.',
        "Il confronto «{operator}» richiede un valore fisso ({expected}), non uno letto dai dati.",
    ),
    "text_not_storable": (
        "A text holds a character that cannot be stored (NUL or half a surrogate pair).",
        "Un testo contiene un carattere che non può essere conservato (NUL o mezza coppia surrogata).",
    ),
    "captured_unknown": (
        'Nothing is captured under the name "{name}".',
        "Nessun valore è catturato con il nome «{name}».",
    ),
    "unit_missing": (
        'The test "{operator}" needs a unit of time.',
        "Il confronto «{operator}» richiede un'unità di tempo.",
    ),
    "unit_needless": (
        'The test "{operator}" takes no unit of time.',
        "Il confronto «{operator}» non richiede un'unità di tempo.",
    ),
    "unit_too_small": (
        "A date has no time of day: count in days, weeks, months or years.",
        "Una data non ha ora: contare in giorni, settimane, mesi o anni.",
    ),
    "amount_too_large": (
        "An amount of time may not exceed {limit} years.",
        "Una quantità di tempo non può superare {limit} anni.",
    ),
    "format_needless": (
        "A format belongs to dates and to numbers written as text, not to {type}.",
        "Il formato riguarda le date e i numeri scritti come testo, non {type}.",
    ),
    "format_malformed": (
        'The format "{format}" cannot be read: {detail}.',
        "Il formato «{format}» non è leggibile: {detail}.",
    ),
    "format_without_year": (
        'The format "{format}" has no year, which the test "{operator}" needs.',
        "Il formato «{format}» non ha l'anno, che il confronto «{operator}» richiede.",
    ),
    "format_without_time": (
        'The format "{format}" has no hour; read it as a date.',
        "Il formato «{format}» non ha l'ora; leggerlo come data.",
    ),
    "always_true": (
        "This condition is always true: {detail}.",
        "Questa condizione è sempre vera: {detail}.",
    ),
    "always_false": (
        "This condition is never true: {detail}.",
        "Questa condizione non è mai vera: {detail}.",
    ),
    "path_unknown": (
        'Nothing called "{path}" is known.',
        "Non si conosce nulla con il nome «{path}».",
    ),
}
"""The sentence of each code, English and Italian."""

PHRASES: Final[dict[str, tuple[str, str]]] = {
    "no_conditions": ("it holds no condition", "non contiene condizioni"),
    "empty_range": ("the range is empty", "l'intervallo è vuoto"),
    "empty_list": ("the list of values is empty", "l'elenco dei valori è vuoto"),
    "empty_text": ("every text holds the empty one", "ogni testo contiene quello vuoto"),
    "excluding": ('what it asks of "{path}" excludes itself', "ciò che chiede a «{path}» si esclude da sé"),
    "exhausting": (
        'what it asks of "{path}" leaves nothing out',
        "ciò che chiede a «{path}» non lascia fuori nulla",
    ),
}
"""Why a condition has no effect, English and Italian."""


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong with a tree. `where` leads to it (`conditions.2.condition`; empty: the tree itself)."""

    code: str
    where: str
    severity: Severity = "error"
    arguments: dict[str, Any] = {}

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.say("en")

    def say(self, language: Literal["en", "it"]) -> str:
        """Return the sentence in a language."""
        position = 0 if language == "en" else 1
        arguments = dict(self.arguments)
        phrase = PHRASES.get(str(arguments.get("detail")))
        if phrase is not None:
            arguments["detail"] = phrase[position].format_map(arguments)
        return SENTENCES[self.code][position].format_map(arguments)
