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
    "nested": (
        'A condition of the kind "{kind}" cannot stand inside another one: there only properties are compared.',
        "Una condizione di tipo «{kind}» non può stare dentro un'altra: lì si confrontano solo proprietà.",
    ),
    "events_missing": (
        "A condition does not say which event it is about.",
        "Una condizione non dice di quale evento tratta.",
    ),
    "event_unknown": (
        'No event called "{event}" is known.',
        "Non si conosce alcun evento con il nome «{event}».",
    ),
    "names_too_many": (
        "There are {count} names; at most {limit} are allowed.",
        "Ci sono {count} nomi; al massimo ne sono ammessi {limit}.",
    ),
    "name_malformed": (
        "A name is empty or longer than {limit} characters.",
        "Un nome è vuoto o più lungo di {limit} caratteri.",
    ),
    "window_open": (
        "A range of time has neither a beginning nor an end.",
        "Un intervallo di tempo non ha né inizio né fine.",
    ),
    "window_needless": (
        "Being in a journey is asked of the present: it takes no range of time.",
        "Essere in un percorso riguarda il presente: non richiede un intervallo di tempo.",
    ),
    "bound_malformed": (
        "A range of time expects a date (YYYY-MM-DD) or a date and time (RFC 3339); {found} was given.",
        "Un intervallo di tempo richiede una data (AAAA-MM-GG) o una data e ora (RFC 3339); è stato dato {found}.",
    ),
    "amount_negative": (
        "An amount of time cannot be negative.",
        "Una quantità di tempo non può essere negativa.",
    ),
    "unit_too_large": (
        "Between two events count in minutes, hours, days or weeks.",
        "Tra due eventi contare in minuti, ore, giorni o settimane.",
    ),
    "path_needless": (
        "Events are counted as they are, without a property.",
        "Gli eventi si contano così come sono, senza una proprietà.",
    ),
    "action_unknown": (
        'A message by {channel} never comes to "{action}".',
        "Un messaggio via {channel} non può avere l'esito «{action}».",
    ),
    "actions_uncounted": (
        'What did not happen has no actions to count: "{action}" counts messages.',
        "Ciò che non è accaduto non ha azioni da contare: «{action}» conta i messaggi.",
    ),
    "number_needless": (
        "Where every message is asked about, no number is compared.",
        "Se si chiede di tutti i messaggi, non si confronta alcun numero.",
    ),
    "last_out_of_range": (
        "The last 1 to {limit} messages can be asked about.",
        "Si può chiedere degli ultimi messaggi, da 1 a {limit}.",
    ),
    "link_needless": (
        'A link belongs to clicks, not to "{action}".',
        "Un link riguarda i clic, non «{action}».",
    ),
    "reason_needless": (
        'The reason "{reason}" does not belong to "{action}" by {channel}.',
        "Il motivo «{reason}» non riguarda «{action}» via {channel}.",
    ),
    "outcome_needless": (
        "Outcome and reason belong to finished journeys.",
        "Esito e motivo riguardano i percorsi conclusi.",
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
    "without_effect": (
        "This condition asks nothing: {detail}.",
        "Questa condizione non chiede nulla: {detail}.",
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
    "empty_window": ("the range of time is empty", "l'intervallo di tempo è vuoto"),
    "any_count": ("every number of times will do", "qualsiasi numero di volte va bene"),
    "no_count": ("no number of times will do", "nessun numero di volte va bene"),
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
