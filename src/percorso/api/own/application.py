"""The Litestar application behind `/api/…`, put together: routes, guard, errors, OpenAPI."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, cast

import msgspec
from litestar import Litestar, Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from percorso.api.errors import FieldProblem, Problem, RequestError, find_status, list_fields, to_headers
from percorso.api.language import (
    language_of,
    say_field,
    say_graph,
    say_problem,
    say_scenario,
    say_segment,
    say_tests,
    say_title,
)
from percorso.api.own import (
    activating,
    approving,
    authoring,
    caps,
    checking,
    consents,
    contacts,
    coupons,
    entering,
    events,
    experiments,
    exports,
    fields,
    groups,
    holidays,
    imports,
    lists,
    members,
    people,
    privacy,
    reading,
    receiving,
    segments,
    sessions,
    tags,
    trying,
    webhooks,
)
from percorso.api.own.caller import Caller, Guard
from percorso.api.own.permissions import ROUTES, to_openapi_path
from percorso.api.raw import Application
from percorso.api.unfit import say_unfit
from percorso.config import Config
from percorso.content.errors import TemplateFaultError
from percorso.db import Database
from percorso.db.refused import is_value_refused
from percorso.imports.errors import SettingsError
from percorso.intake.gather import Gatherer
from percorso.journeys.errors import GraphError, UnreadableGraphError
from percorso.journeys.simulation.reading import ScenarioError
from percorso.journeys.trying import FailedTestsError
from percorso.segments.errors import DefinitionError
from percorso.workspaces.model import Language

LARGEST_BODY: Final = 2_000_000
"""Bytes of a request's body; a longer one is refused unread."""

_CODES: Final[dict[int, str]] = {
    400: "invalid_request",
    401: "not_signed_in",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
}


_HANDLERS: Final = [
    *sessions.HANDLERS,
    *reading.HANDLERS,
    *lists.HANDLERS,
    *members.HANDLERS,
    *receiving.HANDLERS,
    *authoring.HANDLERS,
    *approving.HANDLERS,
    *entering.HANDLERS,
    *people.HANDLERS,
    *activating.HANDLERS,
    *checking.HANDLERS,
    *trying.HANDLERS,
    *coupons.HANDLERS,
    *contacts.HANDLERS,
    *consents.HANDLERS,
    *privacy.HANDLERS,
    *imports.HANDLERS,
    *experiments.HANDLERS,
    *exports.HANDLERS,
    *events.HANDLERS,
    *tags.HANDLERS,
    *fields.HANDLERS,
    *groups.HANDLERS,
    *segments.HANDLERS,
    *webhooks.HANDLERS,
    *caps.HANDLERS,
    *holidays.HANDLERS,
]


def create_own_api(database: Database, config: Config) -> Application:
    """Return the ASGI application for `/api/…`; raises AssertionError for a route without a permission."""
    routes = Router(
        "/api/v1",
        route_handlers=_HANDLERS,
        security=[{"session": []}, {"key": []}],
    )
    gatherer = Gatherer(database)
    application = Litestar(
        route_handlers=[routes],
        dependencies={
            "database": Provide(_look_through(database), sync_to_thread=False),
            "config": Provide(lambda: config, sync_to_thread=False),
            "gatherer": Provide(lambda: gatherer, sync_to_thread=False),
            "caller": Provide(_get_caller, sync_to_thread=False),
            "language": Provide(_get_language, sync_to_thread=False),
        },
        guards=[Guard(database, config)],
        exception_handlers={Exception: answer_error},
        openapi_config=_describe(),
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
        signature_namespace={
            "Caller": Caller,
            "Config": Config,
            "Database": Database,
            "Language": Language,
        },
    )
    _check_routes(application)
    return application  # pyright: ignore[reportReturnType]


def _look_through(database: Database) -> Callable[[Request[Any, Any, Any]], Database]:
    def look(request: Request[Any, Any, Any]) -> Database:
        caller: Caller | None = getattr(request.state, "caller", None)
        return database if caller is None else caller.look_through(database)

    return look


def _get_caller(request: Request[Any, Any, Any]) -> Caller:
    return request.state.caller


def _get_language(request: Request[Any, Any, Any]) -> Language:
    return language_of(request)


def _describe() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Percorso",
        version="1",
        path="/api",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "session": SecurityScheme(type="apiKey", security_scheme_in="cookie", name="__Host-percorso"),
                "key": SecurityScheme(type="http", scheme="bearer"),
            }
        ),
    )


def _check_routes(application: Litestar) -> None:
    served = {
        (method, to_openapi_path(route.path))
        for route in application.routes
        for method in getattr(route, "methods", ())
        if route.path.startswith("/api/v1/") and method != "OPTIONS"
    }
    assert served == set(ROUTES), f"routes and matrix differ: {served ^ set(ROUTES)}"


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return problem details for an error; what is not the caller's fault is raised again, for the router."""
    language = language_of(request)
    problem = to_problem(error, language)
    if problem is None:
        raise error
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type="application/problem+json",
        headers={**to_headers(error), "content-language": language, "vary": "accept-language"},
    )


def to_problem(error: Exception, language: Language) -> Problem | None:
    """Return the problem details of an error that a caller made, in a language; None for every other error."""
    problem = _to_english(error)
    if problem is None or language == "en":
        return problem
    fields = tuple(FieldProblem(field.path, say_field(field.sentence, language)) for field in problem.fields)
    detail = say_problem(problem.code, problem.detail, language)
    if isinstance(error, GraphError | UnreadableGraphError):
        fields = list_fields(error, language)
        detail = say_graph(error, language)
    elif isinstance(error, TemplateFaultError):
        fields = (FieldProblem(error.part, detail),)
    elif isinstance(error, ScenarioError):
        fields = list_fields(error, language)
        detail = say_scenario(error, language)
    elif isinstance(error, FailedTestsError):
        fields = list_fields(error, language)
        detail = say_tests(error, language)
    elif isinstance(error, DefinitionError):
        fields = list_fields(error, language)
        detail = say_segment(error, language)
    elif isinstance(error, SettingsError):
        fields = list_fields(error, language)
    elif isinstance(error, ValidationException):
        fields = _list_unfit(error, language)
    return msgspec.structs.replace(
        problem, title=say_title(problem.status, language), detail=detail, fields=fields
    )


def _to_english(error: Exception) -> Problem | None:
    status = find_status(error)
    if status is not None:
        return _problem(status, str(getattr(error, "code", "error")), str(error), list_fields(error))
    if isinstance(error, RequestError):
        return _problem(error.status, error.code, error.sentence, error.fields)
    if isinstance(error, ValidationException):
        return _problem(
            400, "invalid_request", "The request is not what this route takes.", _list_unfit(error, "en")
        )
    if isinstance(error, RecursionError):
        return _problem(400, "too_deep", "The request is nested too deeply.")
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _problem(error.status_code, _CODES.get(error.status_code, "refused"), error.detail)
    # Text or numbers that the database cannot hold, such as NUL: the last net behind the checks at the edge.
    if is_value_refused(error):
        return _problem(400, "invalid_value", "The request holds a value that cannot be stored.")
    return None


def _problem(status: int, code: str, sentence: str, fields: tuple[FieldProblem, ...] = ()) -> Problem:
    return Problem(status=status, code=code, title=HTTPStatus(status).phrase, detail=sentence, fields=fields)


def _list_unfit(error: ValidationException, language: Language) -> tuple[FieldProblem, ...]:
    """Return the fields of a request that do not fit, in JSON's words."""
    extra = cast("list[dict[str, Any]]", error.extra if isinstance(error.extra, list) else [])
    said = [(str(item.get("key", "")), str(item.get("message", ""))) for item in extra]
    return tuple(
        FieldProblem(path, say_unfit(message, language) or say_field(message, language))
        for path, message in said
    )
