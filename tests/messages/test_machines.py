"""Machines are told apart from people by what they say and how soon they come."""

from datetime import UTC, datetime, timedelta

import pytest

from percorso.messages.machines import TOO_SOON, Visit, is_machine

ACCEPTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = ACCEPTED + timedelta(hours=1)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def judge(
    user_agent: str = FIREFOX, *, method: str = "GET", purpose: str = "", now: datetime = LATER
) -> bool:
    visit = Visit(method=method, user_agent=user_agent, purpose=purpose)
    return is_machine(visit, accepted_at=ACCEPTED, now=now)


@pytest.mark.parametrize(
    "user_agent",
    [
        FIREFOX,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0.5266; ms-office)",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Mozilla/5.0 (Linux; Android 14; CUBOT X90) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
    ],
)
def test_people_are_people(user_agent: str) -> None:
    assert judge(user_agent) is False


@pytest.mark.parametrize(
    "user_agent",
    [
        "",
        " ",
        "Mozilla/5.0",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Barracuda Sentinel (EE)",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36",
    ],
)
def test_machines_that_say_so_are_machines(user_agent: str) -> None:
    assert judge(user_agent) is True


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender", "preview", "Prefetch"])
def test_what_is_fetched_beforehand_was_not_read(purpose: str) -> None:
    assert judge(purpose=purpose) is True


def test_who_asks_without_reading_is_a_machine() -> None:
    assert judge(method="HEAD") is True


def test_nobody_reads_so_soon() -> None:
    assert judge(now=ACCEPTED + TOO_SOON - timedelta(microseconds=1)) is True
    assert judge(now=ACCEPTED + TOO_SOON) is False
    visit = Visit(method="GET", user_agent=FIREFOX, purpose="")
    assert is_machine(visit, accepted_at=None, now=LATER) is True
