"""Signatures and the secrets that make them."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from percorso.journeys.calls.signing import PREFIX, Seal, SealBrokenError, sign, write_secret

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CALL = UUID(int=1)
AT = datetime.fromtimestamp(1614265330, tz=UTC)
WORKSPACE, ROW = UUID(int=2), UUID(int=3)


def test_a_signature_is_as_the_specification_computes_it() -> None:
    """HMAC-SHA256 of `id.timestamp.body`; the figure was computed with OpenSSL.

    printf '%s' '00000000-0000-0000-0000-000000000001.1614265330.{"test": 2432232314}' |
      openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf %s MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw | base64 -d | od -An -tx1 | tr -d ' \\n') -binary | base64
    """
    headers = sign(CALL, b'{"test": 2432232314}', [SECRET], at=AT)
    assert headers == {
        "webhook-id": "00000000-0000-0000-0000-000000000001",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,iCxWDzOB1td6pu5wFuJotaWTEKkcYodMae2NqIIaffg=",
    }


def test_each_secret_in_force_signs() -> None:
    first, second = write_secret(b"1" * 32), write_secret(b"2" * 32)
    both = sign(CALL, b"{}", [first, second], at=AT)["webhook-signature"].split(" ")
    assert both == [sign(CALL, b"{}", [one], at=AT)["webhook-signature"] for one in (first, second)]
    assert both[0] != both[1]


def test_a_secret_is_told_by_its_first_letters() -> None:
    assert write_secret(bytes(range(32))) == f"{PREFIX}AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def test_a_sealed_secret_opens_where_it_was_sealed_and_nowhere_else() -> None:
    seal = Seal("a secret of 32 characters or more")
    sealed = seal.close(SECRET, workspace_id=WORKSPACE, id=ROW, nonce=b"1" * 12)
    assert SECRET.encode() not in sealed
    assert sealed != seal.close(SECRET, workspace_id=WORKSPACE, id=ROW, nonce=b"2" * 12)
    assert seal.open(sealed, workspace_id=WORKSPACE, id=ROW) == SECRET
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for other, data, where in [
        (Seal("another secret of 32 characters …"), sealed, WORKSPACE),
        (seal, sealed, UUID(int=9)),
        (seal, changed, WORKSPACE),
        (seal, b"", WORKSPACE),
    ]:
        with pytest.raises(SealBrokenError):
            other.open(data, workspace_id=where, id=ROW)
