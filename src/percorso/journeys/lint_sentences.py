"""The sentences of what a check before activation finds, English and Italian."""

from typing import Final

from percorso.journeys.sentences import SENTENCES

FINDINGS: Final[dict[str, tuple[str, str]]] = {
    "path_contradicts": (
        "The path “{path}” is never taken: its conditions contradict each other.",
        "Il ramo «{path}» non è mai preso: le sue condizioni si contraddicono.",
    ),
    "path_implied": (
        "The path “{path}” is never taken: where it holds, “{before}” before it holds too.",
        "Il ramo «{path}» non è mai preso: dove vale, vale anche «{before}» che lo precede.",
    ),
    "start_contradicts": (
        "Nobody can enter here: the conditions contradict each other.",
        "Da qui nessuno può entrare: le condizioni si contraddicono.",
    ),
    "sender_unverified": (
        "The sender of the list is not verified: email would not leave.",
        "Il mittente della lista non è verificato: le email non partirebbero.",
    ),
    "sms_sender_missing": (
        "The list has no SMS sender, which this step needs.",
        "La lista non ha un mittente SMS, necessario per questo passo.",
    ),
    "template_unknown": ("The message chosen does not exist.", "Il messaggio scelto non esiste."),
    "template_of_other_kind": (
        "The message chosen is not of this step's channel.",
        "Il messaggio scelto non è del canale di questo passo.",
    ),
    "template_twice": (
        "The steps “{step}” and “{other}” send the same message.",
        "I passi «{step}» e «{other}» inviano lo stesso messaggio.",
    ),
    "pool_unknown": (
        "The pool of coupons chosen does not exist.",
        "La raccolta di coupon scelta non esiste.",
    ),
    "field_unknown": ("Nobody has the field “{name}”.", "Nessuno ha il campo «{name}»."),
    "field_unseen": (
        "The field “{name}” was not written for {days} days.",
        "Il campo «{name}» non è stato scritto da {days} giorni.",
    ),
    "event_unknown": ("The event “{name}” never came.", "L'evento «{name}» non è mai arrivato."),
    "event_unseen": (
        "The event “{name}” did not come for {days} days.",
        "L'evento «{name}» non arriva da {days} giorni.",
    ),
    "property_unknown": (
        "The event “{event}” never had the property “{name}”.",
        "L'evento «{event}» non ha mai avuto la proprietà «{name}».",
    ),
    "address_missing": (
        "{percent} % of the audience has no address for this step ({channel}).",
        "Il {percent} % dei contatti non ha un recapito per questo passo ({channel}).",
    ),
    "start_shared": (
        "“{name}” starts by the same thing: people would get messages from both.",
        "«{name}» inizia per lo stesso motivo: le persone riceverebbero messaggi da entrambi.",
    ),
    "too_many_messages": (
        "One person may get {count} messages within a day; at most {maximum} are advised.",
        "Una persona può ricevere {count} messaggi in un giorno; se ne consigliano al massimo {maximum}.",
    ),
    **{
        code: SENTENCES[code]
        for code in (
            "journey_itself",
            "journey_unknown",
            "template_used",
            "wait_beyond_statistics",
            "wait_beyond_details",
            "never_allowed",
        )
    },
}
"""The sentence of each finding beyond what a graph's own faults say."""
