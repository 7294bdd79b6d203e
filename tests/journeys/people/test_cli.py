"""Publishing from the command line: an earlier version again, and what it says of those inside before."""

from pathlib import Path

import pytest

from percorso.journeys.people.standing import Foreseen
from percorso.journeys.people.words import describe_foreseen
from tests.journeys.test_actions import FILE
from tests.journeys.test_cli import answer, run, workspace, write

__all__ = ["workspace"]


def test_an_earlier_version_is_published_again(workspace: None, tmp_path: Path) -> None:
    del workspace
    answer("apply", write(tmp_path, FILE))
    changed = FILE + "  rounds: 3\n"
    assert answer("apply", write(tmp_path, changed), "--inside", "move")["version"] == 2
    assert answer("publish", "Cart", "--again", "1", "--preview") == {"version": 3, "people": []}
    assert answer("publish", "Cart", "--again", "1", "--inside", "exit")["version"] == 3
    assert answer("diff", "Cart", "--from", "1", "--to", "3") == {"differences": []}


def test_a_pair_of_steps_is_written_with_an_equals_sign(workspace: None, tmp_path: Path) -> None:
    del workspace
    refused = run("plan", write(tmp_path, FILE), "--step", "mail")
    assert (refused.exit_code, "“mail” is not OLD=NEW." in refused.output) == (2, True)


@pytest.mark.parametrize(
    ("foreseen", "over", "en", "it"),
    [
        (
            Foreseen(1, "day", 1, "stay", "day"),
            0,
            "1 person at day (version 1): finish on their version",
            "1 persona al passo day (versione 1): finire sulla loro versione",
        ),
        (
            Foreseen(2, "day", 412, "anew", "day"),
            32,
            "412 people at day (version 2): move to the new version, their wait reckoned anew, 32 of them at once",
            "412 persone al passo day (versione 2): passare alla nuova versione, con l'attesa ricalcolata, di cui 32 subito",
        ),
        (
            Foreseen(1, "day", 2, "arrive", "last"),
            0,
            "2 people at day (version 1): move to last of the new version",
            "2 persone al passo day (versione 1): passare al passo last della nuova versione",
        ),
    ],
)
def test_what_is_foreseen_is_said_in_both_languages(foreseen: Foreseen, over: int, en: str, it: str) -> None:
    assert describe_foreseen(foreseen, over, "en") == en
    assert describe_foreseen(foreseen, over, "it") == it
