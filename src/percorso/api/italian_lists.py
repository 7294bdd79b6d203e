"""What the own API says in Italian of subscription lists; read as `italian` says."""

from typing import Final

PROBLEMS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "list_fault": (
        (
            "The list cannot be kept so. Each setting at fault says why.",
            "La lista non si può salvare così. Accanto a ogni impostazione da correggere c'è il motivo.",
        ),
    ),
    "list_name_taken": (
        (
            "There is a list called {name} already. Choose another name.",
            "Esiste già una lista chiamata {name}. Scegliere un altro nome.",
        ),
    ),
}
"""The sentences of each code, in English and in Italian."""

FIELDS: Final[tuple[tuple[str, str], ...]] = (
    ("It is needed.", "È necessario."),
    ("It is required.", "È obbligatorio."),
    ("It has more than {maximum} characters.", "Supera {maximum} caratteri."),
    ("It holds characters that cannot be shown.", "Contiene caratteri che non si possono mostrare."),
    (
        "There is no such time zone. Write it like Europe/Rome.",
        "Questo fuso orario non esiste. Scriverlo come Europe/Rome.",
    ),
    (
        "It is a name of at most 11 letters and digits, a number like +390212345, or a short code.",
        "È un nome di al massimo 11 lettere e cifre, un numero come +390212345 o un numero breve.",
    ),
    (
        "Choose the template of the first notification before it is switched on.",
        "Scegliere il modello della prima notifica prima di attivarla.",
    ),
    ("The list has no such email template.", "La lista non ha questo modello di email."),
    (
        "The confirmation is asked of people who are not subscribed yet: its template must be transactional.",
        "La conferma si chiede a chi non è ancora iscritto: il suo modello deve essere transazionale.",
    ),
    (
        "Its template has no link to `confirm_url`, so nobody could confirm.",
        "Nel modello manca un link a `confirm_url`: nessuno potrebbe confermare.",
    ),
    ("An email address has an @.", "Un indirizzo email ha una @."),
    (
        "The part before the @ holds what Percorso does not write to.",
        "La parte prima della @ contiene caratteri a cui Percorso non scrive.",
    ),
    (
        "An email address has at most {maximum} characters.",
        "Un indirizzo email ha al massimo {maximum} caratteri.",
    ),
    ("The part after the @ is no domain.", "La parte dopo la @ non è un dominio."),
    (
        "The part after the @ is a number, not a domain.",
        "La parte dopo la @ è un numero, non un dominio.",
    ),
)
"""What is wrong with one setting of a list."""
