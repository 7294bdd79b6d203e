"""What the own API says in Italian of members and what they are narrowed to; read as `italian` says."""

from typing import Final

PROBLEMS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "narrowed": (
        (
            "This concerns the whole workspace, and you are narrowed to some of its lists or nodes. "
            "Ask an owner or an admin.",
            "Riguarda tutto lo spazio di lavoro, e il tuo ruolo è limitato ad alcune liste o nodi. "
            "Chiedere a un proprietario o a un amministratore.",
        ),
    ),
    "member_refused": (
        (
            "Only an owner makes somebody an owner, or changes one.",
            "Solo un proprietario può nominare o modificare un proprietario.",
        ),
        (
            "Nobody changes their own role. Ask another owner or admin.",
            "Nessuno modifica il proprio ruolo. Chiedere a un altro proprietario o amministratore.",
        ),
    ),
    "narrowing": (
        (
            "An owner is answerable for the whole workspace and cannot be narrowed.",
            "Un proprietario risponde di tutto lo spazio di lavoro e non può essere limitato.",
        ),
        (
            "Name at least one list, each of this workspace.",
            "Indicare almeno una lista, tutte di questo spazio di lavoro.",
        ),
        (
            "Name at least one node, each of this workspace.",
            "Indicare almeno un nodo, tutti di questo spazio di lavoro.",
        ),
    ),
    "invalid_address": (
        (
            "This is no email address that can be written to.",
            "Questo non è un indirizzo email a cui si possa scrivere.",
        ),
    ),
}
"""The sentences of each code, in English and in Italian."""
