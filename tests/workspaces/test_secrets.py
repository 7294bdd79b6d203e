"""Passwords are hashed as RFC 9106 recommends, whoever is asked for."""

import importlib.util

import argon2

from percorso.workspaces import secrets
from percorso.workspaces.secrets import is_password

MADE = "$argon2id$v=19$m=65536,t=3,p=4$oXzt86+iw5MO+AE7LUMILA$H4FoWhEFAp+vi1tmYuesh9mRhABBHzdy4blI1Xg5kzE"
"""The hash of "correct horse battery", made by argon2-cffi with RFC 9106's second recommended option."""


def test_hashes_are_made_as_recommended_and_nobodys_costs_the_same() -> None:
    # As it is loaded outside of tests, which hash more quickly.
    spec = importlib.util.spec_from_file_location("secrets_as_they_are", secrets.__file__)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    recommended = argon2.profiles.RFC_9106_LOW_MEMORY
    for made in (loaded.hash_password("correct horse battery"), secrets._NOBODY):
        assert argon2.extract_parameters(made) == recommended


def test_a_password_is_told_from_another_and_nobody_has_any() -> None:
    assert is_password("correct horse battery", MADE)
    assert not is_password("correct horse batterx", MADE)
    assert not is_password("nobody has this password", None)
    assert not is_password("correct horse battery", "no hash")
