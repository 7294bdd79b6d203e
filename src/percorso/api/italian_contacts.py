"""What the own API says in Italian of fields, groups and event types; read as `italian` says."""

from typing import Final

PROBLEMS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "unknown_event_type": (("There is no event type {name}.", "Il tipo di evento {name} non esiste."),),
    "known_event": (
        (
            "The event {name} is known already. Choose another name.",
            "L'evento {name} è già conosciuto. Scegliere un altro nome.",
        ),
    ),
    "event_name": (
        (
            "The name of an event has 1 to 200 characters, without spaces around it.",
            "Il nome di un evento ha da 1 a 200 caratteri, senza spazi attorno.",
        ),
    ),
    "event_schema": (("The schema cannot be used: {reason}.", "Lo schema non è utilizzabile: {reason}."),),
    "contact_exists": (
        (
            "The contact {contact} has one of these identities already.",
            "Il contatto {contact} ha già una di queste identità.",
        ),
    ),
    "unknown_field": (("There is no field {path}.", "Il campo {path} non esiste."),),
    "field_taken": (
        ("The field {path} is declared already.", "Il campo {path} è già dichiarato."),
        (
            "The field {path} does not go together with the field {other}.",
            "Il campo {path} non è compatibile con il campo {other}.",
        ),
    ),
    "field_path": (
        (
            "The path of a field is one to ten names joined by dots, at most 200 characters, without spaces around them.",
            "Il percorso di un campo è fatto da uno a dieci nomi uniti da punti, al massimo 200 caratteri, senza spazi "
            "attorno.",
        ),
    ),
    "field_fault": (
        ("Only dates and date-times have a format.", "Solo le date e le date con ora hanno un formato."),
        (
            "Percorso fills this field itself: it cannot be required.",
            "Questo campo lo riempie Percorso: non può essere obbligatorio.",
        ),
        ("The default is not of the field's type.", "Il valore predefinito non è del tipo del campo."),
        ("The format of a date-time holds an hour.", "Il formato di una data con ora contiene l'ora."),
        ("The format cannot be used: {reason}.", "Il formato non è utilizzabile: {reason}."),
    ),
    "required_missing": (
        (
            "Required fields are missing. Each of them is named.",
            "Mancano campi obbligatori. Ciascuno è indicato.",
        ),
    ),
    "standard_field": (
        (
            "The field {path} is a standard one: it keeps its type and stays.",
            "Il campo {path} è un campo standard: mantiene il tipo e resta.",
        ),
    ),
    "unknown_group": (("There is no group {group}.", "Il gruppo {group} non esiste."),),
    "group_name_taken": (
        (
            "There is a group called {name} already. Choose another name.",
            "Esiste già un gruppo chiamato {name}. Scegliere un altro nome.",
        ),
    ),
    "one_name_needed": (
        (
            "Name the contact in one way, and one only.",
            "Indicare il contatto in un solo modo.",
        ),
    ),
    "identity_malformed": (("This names nobody.", "Non indica nessuno."),),
    "contacts_needed": (
        (
            "Name either contacts or the group that they are in.",
            "Indicare dei contatti oppure il gruppo in cui si trovano.",
        ),
    ),
}
"""The sentences of each code, in English and in Italian."""
