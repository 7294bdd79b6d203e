"""What public pages say, in both languages. Names in braces are filled in, escaped."""

from typing import Final

from percorso.content.model import Language

TEXTS: Final[dict[Language, dict[str, str]]] = {
    "it": {
        "invalid": "Questo link non è valido",
        "invalid_detail": "Può essere incompleto o non più in uso. Apri quello del messaggio più recente.",
        "ask_email": "Vuoi annullare l’iscrizione?",
        "ask_email_detail": "Non manderemo più email di {list} a {address}.",
        "ask_sms": "Vuoi annullare l’iscrizione?",
        "ask_sms_detail": "Non manderemo più SMS di {list} al numero {address}.",
        "ask_push": "Vuoi annullare l’iscrizione?",
        "ask_push_detail": "Non manderemo più notifiche di {list} ai tuoi dispositivi.",
        "confirm": "Annulla l’iscrizione",
        "choose": "Scegli che cosa ricevere",
        "done": "Iscrizione annullata",
        "done_email_detail": "Da ora {address} non riceve più email di {list}.",
        "done_sms_detail": "Da ora il numero {address} non riceve più SMS di {list}.",
        "done_push_detail": "Da ora i tuoi dispositivi non ricevono più notifiche di {list}.",
        "mistake": "Hai cambiato idea? Scegli che cosa ricevere",
        "preferences": "Che cosa vuoi ricevere",
        "preferences_detail": "Le tue scelte per {list}. Valgono da subito.",
        "email": "Email",
        "email_detail": "a {address}",
        "email_pending": "a {address}: manca la tua conferma, te l’abbiamo chiesta con un’email",
        "sms": "SMS",
        "sms_detail": "al numero {address}",
        "sms_pending": "al numero {address}: manca la tua conferma, te l’abbiamo chiesta con un SMS",
        "push": "Notifiche",
        "push_detail": "sul dispositivo che hai aggiunto per ultimo",
        "push_pending": "sul dispositivo che hai aggiunto per ultimo: manca la tua conferma",
        "confirm_ask": "Confermi l’iscrizione?",
        "confirm_ask_email": "Se confermi, {address} riceverà le email di {list}. Potrai annullare quando vuoi.",
        "confirm_ask_sms": "Se confermi, il numero {address} riceverà gli SMS di {list}. Potrai annullare quando vuoi.",
        "confirm_button": "Conferma l’iscrizione",
        "confirmed": "Iscrizione confermata",
        "confirmed_email": "Grazie. Da ora {address} riceve le email di {list}.",
        "confirmed_sms": "Grazie. Da ora il numero {address} riceve gli SMS di {list}.",
        "save": "Salva le scelte",
        "saved": "Scelte salvate.",
    },
    "en": {
        "invalid": "This link is not valid",
        "invalid_detail": "It may be incomplete or no longer in use. Open the one in the latest message.",
        "ask_email": "Do you want to unsubscribe?",
        "ask_email_detail": "We will send no more email from {list} to {address}.",
        "ask_sms": "Do you want to unsubscribe?",
        "ask_sms_detail": "We will send no more SMS from {list} to {address}.",
        "ask_push": "Do you want to unsubscribe?",
        "ask_push_detail": "We will send no more notifications from {list} to your devices.",
        "confirm": "Unsubscribe",
        "choose": "Choose what to receive",
        "done": "You are unsubscribed",
        "done_email_detail": "From now on {address} gets no email from {list}.",
        "done_sms_detail": "From now on {address} gets no SMS from {list}.",
        "done_push_detail": "From now on your devices get no notifications from {list}.",
        "mistake": "Changed your mind? Choose what to receive",
        "preferences": "What you want to receive",
        "preferences_detail": "Your choices for {list}. They take effect at once.",
        "email": "Email",
        "email_detail": "to {address}",
        "email_pending": "to {address}: please confirm, we have asked you by email",
        "sms": "SMS",
        "sms_detail": "to {address}",
        "sms_pending": "to {address}: please confirm, we have asked you by text",
        "push": "Notifications",
        "push_detail": "on the device that you added last",
        "push_pending": "on the device that you added last: please confirm",
        "confirm_ask": "Do you want to subscribe?",
        "confirm_ask_email": "If you confirm, {address} will get email from {list}. You can end it whenever you like.",
        "confirm_ask_sms": "If you confirm, {address} will get texts from {list}. You can end it whenever you like.",
        "confirm_button": "Confirm your subscription",
        "confirmed": "You are subscribed",
        "confirmed_email": "Thank you. From now on {address} gets email from {list}.",
        "confirmed_sms": "Thank you. From now on {address} gets texts from {list}.",
        "save": "Save your choices",
        "saved": "Your choices are saved.",
    },
}


def mask_address(address: str) -> str:
    """Return an address that its owner recognises and nobody else learns."""
    local, at, domain = address.rpartition("@")
    if at:
        return f"{local[:1]}•••{local[-1:] if len(local) > 2 else ''}@{domain}"
    return f"{address[:3]} ••• {address[-3:]}" if len(address) > 6 else "•••"
