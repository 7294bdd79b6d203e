"""What PostgreSQL can hold of JSON. Pure."""


def holds_nul(raw: bytes) -> bool:
    """Whether some text in this JSON holds the character NUL, which PostgreSQL cannot store."""
    return b"\\u0000" in raw.replace(b"\\\\", b"")
