"""The sentences of what can be wrong with a graph, English and Italian."""

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "start_missing": (
        "The journey has no start: nobody could enter.",
        "Il percorso non ha un inizio: nessuno potrebbe entrare.",
    ),
    "steps_missing": ("The journey has no steps.", "Il percorso non ha passi."),
    "too_many": ("There are more than {maximum} {what}.", "Ci sono più di {maximum} {what}."),
    "id_invalid": (
        "The id “{id}” is reserved, or not 1 to 64 letters, digits, - or _.",
        "L'id «{id}» è riservato, oppure non ha da 1 a 64 lettere, cifre, - o _.",
    ),
    "id_twice": ("The id “{id}” stands twice.", "L'id «{id}» compare due volte."),
    "event_missing": ("An event must be chosen.", "Va scelto un evento."),
    "event_too_long": (
        "The name of an event has at most {maximum} characters.",
        "Il nome di un evento ha al massimo {maximum} caratteri.",
    ),
    "event_not_here": (
        "This path is judged on the event at hand; it cannot name another.",
        "Questo ramo è valutato sull'evento in corso; non può indicarne un altro.",
    ),
    "event_reserved": ("Percorso records {event} itself.", "È Percorso a registrare {event}."),
    "key_missing": (
        "Choose the property that tells one run from another.",
        "Scegliere la proprietà che distingue un passaggio dall'altro.",
    ),
    "period_missing": (
        "Say after how long a contact may enter again.",
        "Indicare dopo quanto tempo un contatto può rientrare.",
    ),
    "rounds_invalid": (
        "A loop is gone round 1 to {maximum} times.",
        "Un ciclo si percorre da 1 a {maximum} volte.",
    ),
    "duration_too_short": ("A duration is at least 1.", "Una durata è di almeno 1."),
    "duration_too_long": (
        "A duration is at most {maximum} days.",
        "Una durata è al massimo di {maximum} giorni.",
    ),
    "first_unknown": ("The first step “{step}” does not exist.", "Il primo passo «{step}» non esiste."),
    "target_unknown": (
        "The step “{step}” leads to “{target}”, which does not exist.",
        "Il passo «{step}» porta a «{target}», che non esiste.",
    ),
    "step_unreachable": ("No path leads to the step “{step}”.", "Nessun ramo porta al passo «{step}»."),
    "loop_without_wait": (
        "The steps {steps} form a loop without a wait of at least an hour or a reaction to an event.",
        "I passi {steps} formano un ciclo senza un'attesa di almeno un'ora o una reazione a un evento.",
    ),
    "template_missing": ("Choose a message.", "Scegliere un messaggio."),
    "template_unknown": ("The message chosen does not exist.", "Il messaggio scelto non esiste."),
    "template_of_other_kind": (
        "The message chosen is not of this step's channel.",
        "Il messaggio scelto non è del canale di questo passo.",
    ),
    "foreseen_missing": (
        "A ceiling needs the number of messages a day that the simulation predicts.",
        "Un tetto richiede il numero di messaggi al giorno previsto dalla simulazione.",
    ),
    "ceiling_reached": (
        "It was about to send more than {most} messages in one day, its ceiling, and paused itself. "
        "Resume it, and as many may leave again before it asks anew.",
        "Stava per inviare più di {most} messaggi in un giorno, il suo tetto, e si è messo in pausa da solo. "
        "Riprendendolo, ne partono al massimo altrettanti prima che lo chieda di nuovo.",
    ),
    "template_used": (
        "The message is used in “{user}”: insert a copy.",
        "Il messaggio è usato in «{user}»: inserirne una copia.",
    ),
    "wait_beyond_statistics": (
        "A wait of {days} days is longer than statistics are kept ({retention} days).",
        "Un'attesa di {days} giorni è più lunga della conservazione delle statistiche ({retention} giorni).",
    ),
    "wait_beyond_details": (
        "A message wait of {days} days is longer than opens and clicks are kept ({retention} days).",
        "Un'attesa dopo un messaggio di {days} giorni è più lunga della conservazione di aperture e clic ({retention} giorni).",
    ),
    "never_allowed": (
        "The hours and days chosen leave no time to send.",
        "Gli orari e i giorni scelti non lasciano tempo per inviare.",
    ),
    "sms_sender_missing": (
        "The list has no SMS sender, which this step needs.",
        "La lista non ha un mittente SMS, necessario per questo passo.",
    ),
    "pool_missing": ("Choose a pool of coupons.", "Scegliere una raccolta di coupon."),
    "pool_unknown": (
        "The pool of coupons chosen does not exist.",
        "La raccolta di coupon scelta non esiste.",
    ),
    "name_invalid": (
        "“{name}” cannot name a captured value: use letters, digits and _, at most 64.",
        "«{name}» non può essere il nome di un valore: usare lettere, cifre e _, al massimo 64.",
    ),
    "captured_unknown": (
        "No step before this one captures “{name}”.",
        "Nessun passo prima di questo conserva «{name}».",
    ),
    "paths_missing": (
        "The step has no path to choose from.",
        "Il passo non ha rami tra cui scegliere.",
    ),
    "path_never_taken": (
        "The path “{path}” is never taken: the path “{before}” before it always holds.",
        "Il ramo «{path}» non è mai preso: il ramo «{before}» che lo precede vale sempre.",
    ),
    "path_malformed": ("“{path}” cannot name a value.", "«{path}» non può indicare un valore."),
    "changes_missing": ("The step changes nothing.", "Il passo non modifica nulla."),
    "value_missing": ("Say which value to use.", "Indicare quale valore usare."),
    "value_not_a_number": (
        "Only a number can be added or subtracted.",
        "Si può sommare o sottrarre solo un numero.",
    ),
    "field_unknown": ("The field “{name}” is unknown here.", "Il campo «{name}» qui è sconosciuto."),
    "field_missing": ("The field “{name}” is missing.", "Manca il campo «{name}»."),
    "value_unfit": ("Expected {wanted}; {found} was given.", "Serve {wanted}; è stato dato {found}."),
    "value_unknown": ("The value “{value}” is unknown here.", "Il valore «{value}» qui è sconosciuto."),
    "part_unreadable": ("This cannot be read: {detail}.", "Questo non si può leggere: {detail}."),
    "not_carried_yet": (
        "{en}: this release cannot carry it out yet, so it cannot be published.",
        "{it}: questa versione del programma non può ancora eseguirlo, quindi non si può pubblicare.",
    ),
    "field_needed": ("Choose a field.", "Scegliere un campo."),
    "format_invalid": (
        "“{format}” is no format of a date: use yyyy, MM, dd, HH, mm, ss and signs between them.",
        "«{format}» non è un formato di data: usare yyyy, MM, dd, HH, mm, ss e segni tra di essi.",
    ),
    "format_without_year": (
        "Dates written as “{format}” have no year: they can only recur every year.",
        "Le date scritte come «{format}» non hanno l'anno: possono solo ricorrere ogni anno.",
    ),
    "hours_need_time": (
        "Hours can only be counted from a date that has a time of day.",
        "Le ore si possono contare solo da una data che ha un'ora del giorno.",
    ),
    "offset_unit": (
        "Before or after a date, count in {units}.",
        "Prima o dopo una data, contare in {units}.",
    ),
    "time_invalid": (
        "“{time}” is no time of day: write it as HH:MM.",
        "«{time}» non è un'ora del giorno: scriverla come HH:MM.",
    ),
    "day_invalid": (
        "“{day}” is no day of the calendar: write it as YYYY-MM-DD{yearly_en}.",
        "«{day}» non è un giorno del calendario: scriverlo come AAAA-MM-GG{yearly_it}.",
    ),
    "days_out_of_range": ("Between 0 and {maximum} days.", "Tra 0 e {maximum} giorni."),
    "number_out_of_range": (
        "A number from {minimum} to {maximum} is needed.",
        "Serve un numero da {minimum} a {maximum}.",
    ),
    "group_missing": ("Choose a group.", "Scegliere un gruppo."),
    "group_unknown": ("The group chosen does not exist.", "Il gruppo scelto non esiste."),
    "segment_missing": ("Choose a segment.", "Scegliere un segmento."),
    "segment_unknown": (
        "The segment chosen does not exist, or is switched off.",
        "Il segmento scelto non esiste, o è disattivato.",
    ),
    "journey_missing": ("Choose a journey.", "Scegliere un percorso."),
    "journey_unknown": ("The journey chosen does not exist.", "Il percorso scelto non esiste."),
    "journey_itself": (
        "The journey would start or leave itself.",
        "Il percorso inizierebbe o lascerebbe sé stesso.",
    ),
    "filter_missing": (
        "Choose a filter or write a condition.",
        "Scegliere un filtro o scrivere una condizione.",
    ),
    "filter_and_condition": (
        "Either a saved filter or a condition: not both.",
        "O un filtro salvato o una condizione: non entrambi.",
    ),
    "activity_twice": (
        "One message, the last sent, or a saved filter: choose one.",
        "Un messaggio, gli ultimi inviati o un filtro salvato: sceglierne uno.",
    ),
    "filter_with_days": (
        "A saved filter lets in when it turns: days after are not offered.",
        "Un filtro salvato fa entrare quando cambia: non si possono contare giorni dopo.",
    ),
    "days_needed": (
        "After how many days without it? One at least.",
        "Dopo quanti giorni senza che accada? Almeno uno.",
    ),
    "existing_impossible": (
        "Nobody meets this start before something happens: there is nobody to include.",
        "Nessuno soddisfa questo inizio prima che qualcosa accada: non c'è nessuno da includere.",
    ),
    "goal_too_wide": (
        "The goal of an experiment asks about its event and the contact's fields only.",
        "L'obiettivo di un esperimento riguarda solo il suo evento e i campi del contatto.",
    ),
    "action_unknown": (
        "Messages by {channel} never come to this.",
        "I messaggi via {channel} non arrivano mai a questo.",
    ),
    "values_alike": (
        "The value before and after is the same: nothing would change.",
        "Il valore prima e dopo è lo stesso: nulla cambierebbe.",
    ),
    "group_both": (
        "The group is included and excluded at once: nobody could enter.",
        "Il gruppo è incluso ed escluso insieme: nessuno potrebbe entrare.",
    ),
    "window_empty": (
        "The journey would be active until before it begins: the last day is not included.",
        "Il percorso terminerebbe prima di cominciare: l'ultimo giorno non è compreso.",
    ),
    "hours_empty": (
        "The two times are the same: no message could ever leave.",
        "Le due ore sono uguali: nessun messaggio potrebbe mai partire.",
    ),
    "weekdays_all": (
        "All days of the week are excluded: no message could ever leave.",
        "Tutti i giorni della settimana sono esclusi: nessun messaggio potrebbe mai partire.",
    ),
    "time_while_quiet": (
        "Messages should leave at {time}, when none may leave.",
        "I messaggi dovrebbero partire alle {time}, quando nessuno può partire.",
    ),
    "hour_based": (
        "Every message at one time of day does not go with a start, wait or limit that counts hours or minutes.",
        "Tutti i messaggi a un'ora fissa non si accordano con un inizio, un'attesa o un limite in ore o minuti.",
    ),
    "holidays_unknown": (
        "There is no calendar of holidays called “{code}”.",
        "Non c'è un calendario di festività di nome «{code}».",
    ),
    "percentages": (
        "The percentages add up to {sum}, not to 100.",
        "Le percentuali fanno {sum} in tutto, non 100.",
    ),
    "percent_invalid": (
        "A percentage is more than 0, at most 100, with two decimals at most.",
        "Una percentuale è maggiore di 0, al massimo 100, con al più due decimali.",
    ),
    "shares_missing": ("At least two paths are needed.", "Servono almeno due rami."),
    "places_not_here": (
        "Only a Check now gives away a number of places.",
        "Solo un controllo immediato assegna un numero di posti.",
    ),
    "url_invalid": (
        "“{url}” is no address that can be called: it begins with https:// or http:// and names a host.",
        "«{url}» non è un indirizzo da chiamare: comincia con https:// o http:// e nomina un host.",
    ),
    "period_or_until": (
        "Say how long to wait, or until when: one of the two.",
        "Indicare quanto attendere, oppure fino a quando: una delle due.",
    ),
    "message_not_before": (
        "The step “{step}” is not one that sends a message before this one.",
        "Il passo «{step}» non è uno che invia un messaggio prima di questo.",
    ),
    "message_nowhere": (
        "No message is sent before this step.",
        "Nessun messaggio è inviato prima di questo passo.",
    ),
    "message_of_other_channel": (
        "The message waited for is sent by {channel}, where this cannot happen.",
        "Il messaggio atteso è inviato via {channel}, dove questo non può accadere.",
    ),
    "period_needed": (
        "Say how long to wait for what should not happen.",
        "Indicare quanto attendere ciò che non deve accadere.",
    ),
    "language_invalid": (
        "“{language}” is no language: write it, or, it-IT.",
        "«{language}» non è una lingua: scrivere it, oppure it-IT.",
    ),
    "language_twice": (
        "There are two messages for the language “{language}”.",
        "Ci sono due messaggi per la lingua «{language}».",
    ),
    "condition_invalid": ("{en}", "{it}"),
    "moment_invalid": (
        "“{moment}” is no moment: write it as 2026-03-02T09:00, with or without an offset.",
        "«{moment}» non è un momento: scriverlo come 2026-03-02T09:00, con o senza fuso.",
    ),
    "moment_before": (
        "{moment} is before the beginning; what was before is told with historical and occurredAt.",
        "{moment} è prima dell'inizio; ciò che era prima si racconta con historical e occurredAt.",
    ),
    "at_and_after": ("Say at or after, not both.", "Indicare at oppure after, non entrambi."),
    "step_unknown": ("The journey has no step “{step}”.", "Il percorso non ha un passo «{step}»."),
    "start_unknown": ("The journey has no start “{start}”.", "Il percorso non ha un inizio «{start}»."),
    "step_sends_nothing": ("The step “{step}” sends nothing.", "Il passo «{step}» non invia nulla."),
    "answer_unfit": (
        "The step “{step}” is never answered with “{answer}”.",
        "Il passo «{step}» non riceve mai la risposta «{answer}».",
    ),
    "id_unreadable": ("“{id}” is no id.", "«{id}» non è un identificativo."),
    "tests_too_large": (
        "The tests are nested too deeply, or larger than {maximum} bytes.",
        "Le prove sono annidate troppo in profondità, o più grandi di {maximum} byte.",
    ),
    "name_twice": ("Two tests are called “{name}”.", "Due prove si chiamano «{name}»."),
    "name_missing": ("The test has no name.", "La prova non ha un nome."),
    "expectation_missing": ("The test expects nothing.", "La prova non si aspetta nulla."),
    "expectation_twice": (
        "“{field}” is said of the only run and in runs: say it once.",
        "«{field}» è indicato per l'unico passaggio e in runs: indicarlo una volta sola.",
    ),
    "ended_and_waiting": (
        "A run that waits has no outcome and no reason yet.",
        "Un passaggio in attesa non ha ancora un esito né un motivo.",
    ),
}
"""The sentence of each code, English and Italian."""

WORDS: Final[dict[str, str]] = {
    "starts": "inizi",
    "removals": "uscite",
    "goals": "obiettivi",
    "steps": "passi",
    "paths": "rami",
    "changes": "modifiche",
    "values": "valori",
    "groups": "gruppi",
    "filters": "filtri",
    "dates": "date",
    "variants": "varianti",
    "happenings": "avvenimenti",
    "tests": "prove",
}
"""What there can be too many of, in Italian."""

TYPES: Final[dict[str, tuple[str, str]]] = {
    "str": ("text", "un testo"),
    "int": ("a whole number", "un numero intero"),
    "float": ("a number", "un numero"),
    "bool": ("true or false", "vero o falso"),
    "object": ("an object", "un oggetto"),
    "array": ("a list", "un elenco"),
    "null": ("nothing", "nulla"),
}
"""What a value of JSON is called, English and Italian."""


def name_type(names: str, position: int) -> str:
    """Return what `names`, as msgspec writes them (`int | null`), are called; `position` 0: English, 1: Italian."""
    between = " or " if position == 0 else " o "
    return between.join(TYPES.get(name, (name, name))[position] for name in names.split(" | "))
