from pathlib import Path
from typing import Any

import pytest
import yaml

import percorso.demo.journeys
from percorso.conditions.model import Test
from percorso.content.design import prepare_design
from percorso.content.model import Design
from percorso.demo.journeys import DemoJourney, Language, load_demo_journeys
from percorso.journeys.check import check_graph
from percorso.journeys.compile import compile_version
from percorso.journeys.definition import convert_graph
from percorso.journeys.graph import AssignCoupon, Graph, SendEmail, SendSms
from percorso.journeys.portable import list_references, resolve_references
from percorso.journeys.version import Version
from percorso.kit.ids import derive_id
from tests.journeys.build import JOURNEY, LIST
from tests.journeys.stage import Stage

LANGUAGES: tuple[Language, ...] = ("it", "en")
BOTH = [(language, place) for language in LANGUAGES for place in range(3)]


def journey(language: Language, place: int) -> DemoJourney:
    return load_demo_journeys(language)[place]


def graph_of(given: DemoJourney) -> Graph:
    templates, pools = list_references(given.graph)
    resolved = resolve_references(
        given.graph,
        {key: derive_id("template", key) for key in templates},
        {key: derive_id("pool", key) for key in pools},
    )
    return convert_graph(resolved)


def version_of(place: int) -> Version:
    return compile_version(JOURNEY, 1, graph_of(journey("it", place)), "Europe/Rome", LIST)


@pytest.mark.parametrize(("language", "place"), BOTH)
def test_each_journey_can_be_published_and_refers_to_what_comes_with_it(
    language: Language, place: int
) -> None:
    given = journey(language, place)
    assert check_graph(graph_of(given)) == []
    templates, pools = list_references(given.graph)
    assert sorted(templates) == sorted(template.key for template in given.templates)
    assert sorted(pools) == sorted(given.pools)
    kinds = {template.key: template.kind for template in given.templates}
    for step in graph_of(given).steps.values():
        if isinstance(step, SendEmail | SendSms):
            kind = "email" if isinstance(step, SendEmail) else "sms"
            assert step.template_id in {
                str(derive_id("template", key)) for key in kinds if kinds[key] == kind
            }


@pytest.mark.parametrize(("language", "place"), BOTH)
def test_each_message_can_be_kept_as_a_template(language: Language, place: int) -> None:
    for template in journey(language, place).templates:
        design = Design(kind=template.kind, subject=template.subject, html=template.html, body=template.body)
        kept = prepare_design(design, language=language)
        if template.kind == "email":
            assert len(kept.links) >= 2, "a link for either language"
            assert "unsubscribe_url" in template.html
            assert "contact.language == 'en'" in template.subject
        else:
            assert "contact.language == 'en'" in template.body


def test_names_are_in_the_language_of_the_workspace_and_nothing_else_differs() -> None:
    def without_names(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: without_names(item) for key, item in value.items() if key not in ("name", "defaultName")
            }
        return [without_names(item) for item in value] if isinstance(value, list) else value

    for italian, english in zip(load_demo_journeys("it"), load_demo_journeys("en"), strict=True):
        assert italian.name != english.name
        assert italian.description != english.description
        assert without_names(italian.graph) == without_names(english.graph)
        assert [template.html for template in italian.templates] == [
            template.html for template in english.templates
        ]


def test_every_text_for_people_is_there_in_both_languages() -> None:
    def check(value: Any, where: str) -> None:
        if isinstance(value, dict):
            if value.keys() == {"it", "en"}:
                assert all(isinstance(text, str) and text.strip() for text in value.values()), where
                return
            for key, item in value.items():
                assert (
                    key not in ("name", "defaultName", "description")
                    or where.endswith("operand")
                    or (isinstance(item, dict) or "captures" in where or "operands" in where)
                ), f"{where}.{key} is in one language"
                check(item, f"{where}.{key}")
        if isinstance(value, list):
            for number, item in enumerate(value):
                check(item, f"{where}[{number}]")

    folder = Path(percorso.demo.journeys.__file__).parent
    files = sorted(folder.glob("*.yaml"))
    assert len(files) == 3
    for file in files:
        check(yaml.safe_load(file.read_text(encoding="utf-8")), file.name)


def test_the_welcome_series_follows_who_subscribes_to_email_once() -> None:
    stage = Stage(version_of(0))
    stage.happens("campaignSubscribed", listId=str(LIST), channel="sms")
    assert stage.runs == {}
    stage.happens("campaignSubscribed", listId=str(LIST), channel="email")
    stage.passes(days=8)
    assert stage.sent_by == ["welcome", "best_loved", "visit"]
    assert stage.run.outcome == "neutral"
    stage.happens("campaignSubscribed", listId=str(LIST), channel="email")
    assert len(stage.runs) == 1


def test_the_welcome_series_thanks_for_a_first_order() -> None:
    stage = Stage(version_of(0))
    stage.happens("campaignSubscribed", listId=str(LIST), channel="email")
    stage.passes(days=2)
    stage.happens("completedOrder", products=[{"name": "Cappotto"}])
    assert stage.sent_by == ["welcome", "thanks"]
    assert stage.messages[1].event == {"products": [{"name": "Cappotto"}]}
    assert stage.attributes == {"tags": {"auto": ["primo ordine"]}}
    assert stage.run.outcome == "positive"


def test_an_abandoned_cart_is_reminded_of_twice_per_cart_and_an_order_ends_it() -> None:
    stage = Stage(version_of(1))
    stage.happens("abandonedCart", orderId="c1", abandonedCartUrl="https://www.example.com/c1")
    stage.passes(hours=2)
    stage.happens("abandonedCart", orderId="c1")
    stage.happens("abandonedCart", orderId="c2")
    assert stage.sent_by == ["reminder", "reminder"]
    assert stage.messages[0].captured == {"cart_id": "c1", "cart_url": "https://www.example.com/c1"}
    stage.passes(hours=22)
    assert stage.sent_by == ["reminder", "reminder", "last_reminder"]
    stage.happens("completedOrder")
    assert [run.outcome for run in stage.runs.values()] == ["neutral", "positive"]


@pytest.mark.parametrize(
    ("gender", "revenue", "store", "coupon", "came", "sent", "outcome"),
    [
        ("female", 200, "Milano", "AURORA-ABC123", True, ["sms", "invite_women", "thanks"], "positive"),
        ("male", 200, "Milano", "AURORA-ABC123", False, ["sms", "invite_men"], "neutral"),
        ("female", 100, "Milano", "AURORA-ABC123", True, ["sms"], "positive"),
        ("female", 200, "Torino", "AURORA-ABC123", True, ["sms"], "positive"),
        ("female", 200, "Milano", None, True, ["sms"], "negative"),
    ],
)
def test_the_milan_journey_invites_top_spenders_who_use_their_code_in_milan(
    gender: str, revenue: float, store: str, coupon: str | None, came: bool, sent: list[str], outcome: str
) -> None:
    stage = Stage(version_of(2), codes=("AURORA-ABC123",), gender=gender)
    stage.happens("completedOrder", context={"type": "ECOMMERCE"}, orderId="o1", amount={"revenue": revenue})
    stage.passes(days=3)
    stage.happens("completedOrder", context={"type": "RETAIL"}, storeCode=store, coupon=coupon)
    stage.passes(days=14)
    if came:
        stage.happens("eventParticipated", eventId="aurora-show")
    stage.passes(days=30)
    assert stage.sent_by == sent
    assert stage.run.outcome == outcome


def test_the_milan_journey_asks_for_codes_of_its_pool() -> None:
    graph = graph_of(journey("it", 2))
    pools = {step.pool_id for step in graph.steps.values() if isinstance(step, AssignCoupon)}
    assert pools == {str(derive_id("pool", "milan"))}
    assert not any(isinstance(start.condition, Test) for start in graph.starts)
