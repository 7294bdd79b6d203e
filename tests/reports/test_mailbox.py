"""Messages as the mailbox shows them."""

import pytest

from percorso.reports.mailbox import parse_mail


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Subject: =?utf-8?q?La_tua_et=C3=A0?=", "La tua età"),
        ("Subject: =?utf-8?b?Q2lhbywg?=\r\n =?utf-8?b?cGVyY2jDqQ==?=", "Ciao, perché"),
        ("Subject: Plain words", "Plain words"),
        ("Subject: =?no-such-set?q?a=C3?=", "=?no-such-set?q?a=C3?="),
        ("Subject: =?utf-8?b?%%%?=", "=?utf-8?b?%%%?="),
    ],
)
def test_encoded_words_of_headers_are_read_where_they_can_be(line: str, shown: str) -> None:
    headers, _, _ = parse_mail(f"{line}\r\nTo: a@example.com\r\n\r\nHi\r\n".encode())

    assert headers == [("Subject", shown), ("To", "a@example.com")]
