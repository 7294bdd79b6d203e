"""What the own API says in Italian. As in gettext, the English sentence is the key: packages say what is wrong once.

Names in braces stand for what differs; both sentences of a pair have the same. Sentences are kept by their stable code.
"""

from typing import Final

from percorso.api.italian_contacts import PROBLEMS as OF_CONTACTS
from percorso.api.italian_lists import FIELDS as OF_LIST_SETTINGS
from percorso.api.italian_lists import PROBLEMS as OF_LISTS
from percorso.api.italian_members import PROBLEMS as OF_MEMBERS
from percorso.imports.errors import REFUSALS, SETTING_FAULTS

Pair = tuple[str, str]
"""A sentence in English and in Italian."""

TITLES: Final[dict[int, str]] = {
    400: "Richiesta non valida",
    401: "Accesso non effettuato",
    403: "Non consentito",
    404: "Non trovato",
    405: "Metodo non consentito",
    409: "Conflitto",
    413: "Troppo grande",
    415: "Formato non accettato",
    422: "Non elaborabile",
    429: "Troppe richieste",
    500: "Errore interno",
    503: "Non disponibile",
}
"""The title of each status."""

WORDS: Final[dict[str, str]] = {
    "draft": "in bozza",
    "ready": "pronto",
    "active": "attivo",
    "paused": "in pausa",
    "archived": "archiviato",
    "failed": "fermo",
    "edited": "modificare",
    "published": "pubblicare",
    "activated": "attivare",
    "resumed": "riprendere",
    "deleted": "eliminare",
    "entered": "iniziare",
    "the API": "dall'API",
    "hand": "a mano",
    "a plan": "da un piano",
    "message": "messaggio",
    "journey": "percorso",
    "contact": "contatto",
    "receiving domain": "dominio di destinazione",
    "run": "passaggio",
    "rejected event": "evento rifiutato",
    "one has a name under which Percorso itself speaks": "uno ha un nome con cui parla Percorso stesso",
    "they are nested too deeply": "sono annidati troppo a fondo",
    "they are too large": "sono troppo grandi",
    "a text holds a character that cannot be stored": "un testo contiene un carattere che non si può conservare",
    "it is nested too deeply": "è annidato troppo a fondo",
    "it uses YAML aliases; write the parts out": "usa alias YAML; scrivere le parti per esteso",
}
"""What stands in a sentence and is itself a word. A verb that is also a state has its own sentence."""

PROBLEMS: Final[dict[str, tuple[Pair, ...]]] = {
    **{code: (pair,) for code, pair in (*REFUSALS.items(), *SETTING_FAULTS.items())},
    "unknown_import": (("There is no such import.", "L'importazione non esiste."),),
    "import_state": (
        (
            "The import is not in a state in which this can be asked.",
            "L'importazione non è in uno stato in cui lo si possa chiedere.",
        ),
    ),
    "condition_invalid": (
        ("The condition cannot be used as it is.", "La condizione così non si può usare."),
    ),
    "already_set_up": (
        (
            "This instance is set up already. Add users with `percorso users create`.",
            "Questa installazione è già configurata. Aggiungere utenti con `percorso users create`.",
        ),
    ),
    "changed_meanwhile": (
        (
            "Somebody else changed the journey meanwhile. Read it again, then change it.",
            "Intanto qualcun altro ha modificato il percorso. Rileggerlo, poi modificarlo.",
        ),
        (
            "Somebody else changed the segment meanwhile. Read it again, then change it.",
            "Intanto qualcun altro ha modificato il segmento. Rileggerlo, poi modificarlo.",
        ),
    ),
    "code_range": (
        (
            "Between 1 and {maximum} codes can be made at once.",
            "Si possono creare da 1 a {maximum} codici per volta.",
        ),
        (
            "A code has 4 to 40 letters behind a prefix without spaces around it.",
            "Un codice ha da 4 a 40 lettere dopo un prefisso senza spazi ai lati.",
        ),
        (
            "Codes of {length} letters could be guessed; take more letters.",
            "Codici di {length} lettere si potrebbero indovinare: usare più lettere.",
        ),
    ),
    "csrf_token": (
        (
            "The header X-CSRF-Token is missing or of another session.",
            "L'intestazione X-CSRF-Token manca o è di un'altra sessione.",
        ),
    ),
    "database_away": (
        (
            "The database cannot be reached at the moment. Nothing was stored; send it again.",
            "Il database non è raggiungibile in questo momento. Nulla è stato salvato: rimandare.",
        ),
    ),
    "email_taken": (
        (
            "There is a user with the address {email} already.",
            "Esiste già un utente con l'indirizzo {email}.",
        ),
    ),
    "foreign_origin": (
        (
            "This request did not come from the application's own pages.",
            "Questa richiesta non viene dalle pagine dell'applicazione.",
        ),
    ),
    "in_flight": (
        (
            "A request with this Idempotency-Key is being answered. Repeat it in a moment.",
            "Una richiesta con questa Idempotency-Key è in corso. Ripeterla tra un momento.",
        ),
    ),
    "idempotency_key_reused": (
        (
            "This Idempotency-Key was used with another body. Take a new key.",
            "Questa Idempotency-Key è già stata usata con un altro contenuto. Usarne una nuova.",
        ),
    ),
    "insecure_connection": (
        (
            "Signing in needs https, or a browser on the same machine as Percorso.",
            "Per accedere serve https, o un browser sulla stessa macchina di Percorso.",
        ),
    ),
    "internal_error": (
        (
            "Something failed here; it was written to the log.",
            "Qui qualcosa non ha funzionato; è scritto nel registro.",
        ),
    ),
    "invalid_cursor": (
        (
            "The cursor is not one that this list gave. Begin again without it.",
            "Il cursore non viene da questo elenco. Ricominciare senza.",
        ),
    ),
    "invalid_idempotency_key": (
        (
            "An Idempotency-Key has 1 to {longest} characters.",
            "Una Idempotency-Key ha da 1 a {longest} caratteri.",
        ),
    ),
    "invalid_period": (
        (
            "A period begins before it ends, says its zone, and has at most ten years.",
            "Un periodo inizia prima di finire, indica il fuso orario e ha al massimo dieci anni.",
        ),
    ),
    "invalid_request": (
        (
            "The request is not what this route takes.",
            "La richiesta non ha la forma che questo indirizzo accetta.",
        ),
        ("{detail}", "La richiesta non è valida: {detail}"),
    ),
    "list_needed": (
        (
            "There are several lists: say which one in listId.",
            "Ci sono più liste: indicare quale in listId.",
        ),
    ),
    "secret_unreadable": (
        (
            "The signing secret cannot be opened with this PERCORSO_SECRET. Set the one that it was made with, or change the signing secret.",
            "Il segreto di firma non si apre con questo PERCORSO_SECRET. Impostare quello con cui è stato creato, o cambiare il segreto di firma.",
        ),
    ),
    "segment_in_use": (("Other segments refer to it: {names}.", "Altri segmenti lo richiamano: {names}."),),
    "segment_name_taken": (
        ("There is a segment called “{name}” already.", "Esiste già un segmento di nome «{name}»."),
    ),
    "too_slow": (
        (
            "Counting takes too long: narrow the conditions, or save the segment and let it fill.",
            "Il conteggio richiede troppo tempo: restringere le condizioni, o salvare il segmento e attendere.",
        ),
    ),
    "unknown_segment": (("There is no segment {segment}.", "Non esiste il segmento {segment}."),),
    "method_not_allowed": (("{detail}", "Questo indirizzo non accetta questo metodo."),),
    "not_allowed": (
        ("Nobody may do this yet.", "Per ora nessuno può farlo."),
        ("This needs the permission {ask}.", "Serve il permesso {ask}."),
    ),
    "unknown_version": (
        ("The journey has no version yet.", "Il percorso non ha ancora una versione."),
        ("The journey has no version {number}.", "Il percorso non ha una versione {number}."),
    ),
    "not_found": (
        ("There is no such ready journey here.", "Qui non c'è questo percorso pronto."),
        ("There is no such {what} here.", "Qui non c'è nessun {what} con questo identificativo."),
        ("There is no such list here.", "Qui non c'è questa lista."),
        ("There is no such workspace here.", "Qui non c'è questa area di lavoro."),
        ("There is no such API key here.", "Qui non c'è questa chiave API."),
        ("There is no such session here.", "Qui non c'è questa sessione."),
        ("There is no user with the address {email}.", "Nessun utente ha l'indirizzo {email}."),
        ("{detail}", "Questo indirizzo non esiste."),
    ),
    "not_signed_in": (
        (
            "Sign in, or send a key as Authorization: Bearer.",
            "Accedere, o mandare una chiave come Authorization: Bearer.",
        ),
        ("The session ended at once. Sign in again.", "La sessione è finita subito. Accedere di nuovo."),
    ),
    "nothing_to_publish": (
        (
            "There is nothing to publish: the journey was not edited since its last version.",
            "Nulla da pubblicare: il percorso non è cambiato dall'ultima versione.",
        ),
    ),
    "people_inside": (
        (
            "{count} runs are inside the journey: pause or archive it, and wait until they have ended.",
            "Nel percorso ci sono {count} passaggi in corso: metterlo in pausa o archiviarlo e attendere che finiscano.",
        ),
        (
            "The journey is still being published or archived. Try again in a moment.",
            "Il percorso è ancora in pubblicazione o archiviazione. Riprovare tra un momento.",
        ),
    ),
    "pool_name": (
        (
            "A pool of coupons needs a name of 1 to 200 characters.",
            "Una raccolta di coupon ha un nome da 1 a 200 caratteri.",
        ),
    ),
    "too_deep": (("The request is nested too deeply.", "La richiesta è annidata troppo a fondo."),),
    "too_large": (("{detail}", "La richiesta è troppo grande."),),
    "too_many_attempts": (
        (
            "Too many attempts to sign in have failed. Try again in {minutes} minutes.",
            "Troppi tentativi di accesso falliti. Riprovare tra {minutes} minuti.",
        ),
    ),
    "unknown_journey": (("There is no journey {id}.", "Non esiste il percorso {id}."),),
    "contact_erased": (
        ("This contact was erased a moment ago.", "Questo contatto è stato cancellato poco fa."),
    ),
    "contact_changing": (
        (
            "This contact is changing at this very moment. Repeat the request.",
            "Questo contatto sta cambiando proprio ora. Ripetere la richiesta.",
        ),
    ),
    "unknown_leaf": (("There is no consent called {leaf}.", "Non esiste un consenso di nome {leaf}."),),
    "unknown_list": (("There is no list {id}.", "Non esiste la lista {id}."),),
    "preview_unreadable": (
        (
            "What basedOn says is no preview. Ask for a preview again.",
            "Quanto indicato in basedOn non è un'anteprima. Chiedere di nuovo l'anteprima.",
        ),
    ),
    "not_proposed": (
        ("Nobody asks to publish this journey.", "Nessuno chiede di pubblicare questo percorso."),
    ),
    "own_proposal": (
        (
            "You asked to publish this journey: somebody else approves it.",
            "La pubblicazione è stata chiesta da te: la approva qualcun altro.",
        ),
    ),
    "person_needed": (("A person approves, not a key.", "Approva una persona, non una chiave."),),
    "not_handed_in": (
        (
            "The journey has no start that lets contacts in by {source}.",
            "Il percorso non ha un inizio che faccia entrare contatti {source}.",
        ),
    ),
    "values_refused": (
        (
            "The values of contact {place} cannot be kept: {reason}.",
            "I valori del contatto {place} non si possono conservare: {reason}.",
        ),
    ),
    "run_ended": (
        ("This contact has left the journey already.", "Questo contatto ha già lasciato il percorso."),
    ),
    "still_announced": (
        (
            "The journey is still being switched on or published. Try again in a moment.",
            "Il percorso si sta ancora attivando o pubblicando. Riprovare tra un momento.",
        ),
    ),
    "still_asking": (
        (
            "The people inside are still being moved or removed. Try again in a moment.",
            "Le persone nel percorso si stanno ancora spostando o togliendo. Riprovare tra un momento.",
        ),
    ),
    "unknown_run": (("There is no run {id}.", "Non esiste un passaggio {id}."),),
    "unknown_step": (("The journey has no step {step}.", "Il percorso non ha un passo {step}."),),
    "unknown_pool": (("There is no such pool of coupons.", "Questa raccolta di coupon non esiste."),),
    "unknown_reference": (("The workspace has no {names}.", "Nell'area di lavoro non c'è: {names}."),),
    "unknown_template": (("There is no such template.", "Questo modello non esiste."),),
    "unreadable_graph": (
        (
            "This is not the graph of a journey: {detail}.",
            "Questo non è il grafo di un percorso: {detail}.",
        ),
    ),
    "unsupported_media_type": (("{detail}", "Il contenuto va mandato come JSON."),),
    "weak_password": (
        (
            "The password is too short. Use at least {minimum} characters.",
            "La password è troppo corta. Usare almeno {minimum} caratteri.",
        ),
    ),
    "wrong_password": (
        (
            "Email or password is wrong. Check both and try again.",
            "Email o password non corrispondono. Controllare e riprovare.",
        ),
    ),
    "wrong_state": (
        (
            "A journey that is {state} cannot be paused.",
            "Un percorso {state} non si può mettere in pausa.",
        ),
        ("A journey that is {state} cannot be archived.", "Un percorso {state} non si può archiviare."),
        ("A journey that is {state} cannot be {verb}.", "Un percorso {state} non si può {verb}."),
    ),
    **OF_CONTACTS,
    **OF_LISTS,
    **OF_MEMBERS,
}
"""By the code of the problem; the first sentence that fits is taken, so that the general ones stand last."""

FAULTS: Final[tuple[Pair, ...]] = (
    ("{part}: It is longer than {maximum} bytes.", "{part}: supera {maximum} byte."),
    ("{part}: An SMS needs a text.", "{part}: un SMS ha bisogno di un testo."),
    ("{part}: A push needs a text.", "{part}: una notifica push ha bisogno di un testo."),
    (
        "{part}: A push leads to the web: it begins with https:// or a value.",
        "{part}: una notifica push porta sul web: inizia con https:// o con un valore.",
    ),
    (
        "{part}: A picture lies on the web: it begins with https:// or a value.",
        "{part}: un'immagine sta sul web: inizia con https:// o con un valore.",
    ),
    ("{part}: There is no filter called {name}.", "{part}: non esiste un filtro di nome {name}."),
    ("{part}: An email needs a subject.", "{part}: un'email ha bisogno di un oggetto."),
    ("{part}: An email needs its HTML.", "{part}: un'email ha bisogno del suo HTML."),
    (
        "{part}: Its elements are nested too deep.",
        "{part}: i suoi elementi sono annidati troppo a fondo.",
    ),
    ("{part}: The word {word} is Percorso's own.", "{part}: la parola {word} è riservata a Percorso."),
    (
        "{part}: {word} stands inside a tag. Put it into the value of an attribute, or into text.",
        "{part}: {word} sta dentro un tag. Spostarlo nel valore di un attributo, o nel testo.",
    ),
    (
        "{part}: The styles cannot be inlined: {detail}.",
        "{part}: gli stili non si possono applicare: {detail}.",
    ),
    ("{part}: {detail}", "{part}: non è Liquid leggibile: {detail}"),
)
"""What is wrong with a template."""

FIELDS: Final[tuple[Pair, ...]] = (
    *OF_LIST_SETTINGS,
    ("Missing required {what}", "Manca {what}"),
    ("Invalid {what}", "Valore non valido: {what}"),
)
"""What the decoder says of one field of a request."""
