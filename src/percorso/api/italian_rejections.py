"""Why a call was kept aside, in Italian; the English sentence, which is stored, is the key (see `italian`)."""

from typing import Final

from percorso.api.italian import Pair

_PLAIN_TYPES: Final = {
    "string": "un testo",
    "number": "un numero",
    "boolean": "vero o falso",
    "array": "un elenco",
    "object": "un oggetto",
    "null": "null",
}
_TYPES: Final = {
    **_PLAIN_TYPES,
    **{f"{english} or null": italian for english, italian in _PLAIN_TYPES.items()},
    "number or string or null": "un numero o un testo",
}
"""Types of JSON values, in English and Italian; that nothing may stand there too helps nobody who sent something."""

REJECTIONS: Final[dict[str, tuple[Pair, ...]]] = {
    "absurd_date": (
        ("Its `timestamp` is before 1970.", "Il suo `timestamp` è prima del 1970."),
        (
            "Its `timestamp` is more than 50 years before `sentAt`.",
            "Il suo `timestamp` è più di 50 anni prima di `sentAt`.",
        ),
    ),
    "erased": (
        (
            "The contact was erased after this occurred; what it said was not kept.",
            "Il contatto è stato cancellato dopo questo fatto; ciò che diceva non è stato conservato.",
        ),
    ),
    "invalid_channel": (
        ("Its `channel` is not email, sms or push.", "Il suo `channel` non è email, sms o push."),
    ),
    "invalid_date": (
        (
            "`{field}` is not a date and time like 2026-05-10T10:00:00Z.",
            "`{field}` non è una data con ora come 2026-05-10T10:00:00Z.",
        ),
    ),
    "invalid_identity": (("`{field}` is longer than {maximum} bytes.", "`{field}` supera {maximum} byte."),),
    "invalid_json": (("It is not JSON: {detail}.", "Non è JSON: {detail}."),),
    "invalid_trait": (
        (
            "The trait {name} cannot be an attribute: part of its name is empty.",
            "L'attributo {name} non si può conservare: una parte del suo nome è vuota.",
        ),
        (
            "The trait {name} has a name of more than {maximum} characters.",
            "L'attributo {name} ha un nome di più di {maximum} caratteri.",
        ),
    ),
    "invalid_type": (
        (
            "Its `{field}` is not a text of at most {maximum} characters.",
            "Il suo `{field}` non è un testo di al massimo {maximum} caratteri.",
        ),
        *(
            (
                f"Expected {expected}, got {found} - at `$.{{place}}`.",
                f"In `{{place}}` era atteso {_TYPES[expected]}, è arrivato {_TYPES[found]}.",
            )
            for expected in _TYPES
            for found in _PLAIN_TYPES
        ),
        (
            "Expected {expected}, got {found} - at {place}.",
            "In {place} era atteso {expected}, è arrivato {found}.",
        ),
        ("{detail}.", "Un valore non è del tipo atteso: {detail}."),
    ),
    "invalid_value": (
        ("It holds what cannot be read: {detail}.", "Contiene qualcosa di illeggibile: {detail}."),
    ),
    "lone_surrogate": (
        (
            "It holds half of a character (a lone surrogate), or is not JSON.",
            "Contiene mezzo carattere (un surrogato isolato), oppure non è JSON.",
        ),
    ),
    "long_message_id": (
        (
            "Its `messageId` has more than {maximum} bytes.",
            "Il suo `messageId` supera {maximum} byte.",
        ),
    ),
    "long_name": (
        ("Its name has more than {maximum} characters.", "Il suo nome supera {maximum} caratteri."),
    ),
    "no_alias": (
        (
            "An alias call needs `previousId` and `userId`.",
            "Una chiamata alias ha bisogno di `previousId` e `userId`.",
        ),
    ),
    "no_event": (
        (
            "A track call needs `event`, the name of what happened.",
            "Una chiamata track ha bisogno di `event`, il nome di ciò che è successo.",
        ),
    ),
    "no_group": (("A group call needs `groupId`.", "Una chiamata group ha bisogno di `groupId`."),),
    "no_identity": (
        (
            "It names nobody: give `userId` or `anonymousId`.",
            "Non dice di chi si tratta: indicare `userId` o `anonymousId`.",
        ),
    ),
    "not_allowed": (
        (
            "A browser's key may ask for a subscription, not end one.",
            "La chiave di un browser può chiedere un'iscrizione, non annullarla.",
        ),
    ),
    "not_an_object": (("It is not a JSON object.", "Non è un oggetto JSON."),),
    "not_utf8": (("It holds bytes that are not UTF-8.", "Contiene byte che non sono UTF-8."),),
    "nul": (
        (
            "It holds the character NUL, which cannot be stored.",
            "Contiene il carattere NUL, che non si può conservare.",
        ),
    ),
    "reserved_name": (
        (
            "Only Percorso itself says {name}. Choose another name.",
            "Solo Percorso stesso dice {name}. Scegliere un altro nome.",
        ),
    ),
    "too_deep": (("It is nested deeper than {maximum} levels.", "È annidato per più di {maximum} livelli."),),
    "too_large": (
        (
            "It has {found} bytes; an event may have {maximum}.",
            "Ha {found} byte; un evento può averne {maximum}.",
        ),
    ),
    "unknown_list": (
        (
            "Its `listId` is no list of this workspace.",
            "Il suo `listId` non è una lista di questa area di lavoro.",
        ),
    ),
    "unknown_event": (("Nobody declared the event {name}.", "Nessuno ha dichiarato l'evento {name}."),),
    "ill_typed_event": (
        (
            "It does not fit its event type: {fault}.",
            "Non corrisponde al suo tipo di evento: {fault}.",
        ),
    ),
    "unknown_type": (
        ("Its `type` is '{name}', which is no call.", "Il suo tipo «{name}» non è una chiamata prevista."),
        ("Its `type` is {name}, which is no call.", "Il suo tipo {name} non è una chiamata prevista."),
    ),
    "unstorable": (("The database cannot store it.", "Il database non può conservarlo."),),
}
"""By the code of the rejection."""
