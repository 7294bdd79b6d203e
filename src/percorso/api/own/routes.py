"""Litestar's decorators, with the problem details that any of our routes may answer."""

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final

import litestar
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, Parameter, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from percorso.api.errors import Problem
from percorso.api.own.idempotency import LONGEST_KEY

PROBLEMS: Final = {
    status: ResponseSpec(
        Problem,
        description=HTTPStatus(status).phrase,
        media_type="application/problem+json",
        # They would be made up by chance, anew each time.
        generate_examples=False,
    )
    for status in (400, 401, 403, 404, 409, 413, 422, 429, 503)
}
"""What any route may answer besides its own: problem details (RFC 9457)."""


@dataclass
class Repeatable(Operation):
    """Says of a POST that it may carry an Idempotency-Key: handlers find it in the request themselves."""

    def __post_init__(self) -> None:
        """Add the key to the parameters that the handler names."""
        key = Parameter(
            name="Idempotency-Key",
            param_in="header",
            schema=Schema(type=OpenAPIType.STRING, min_length=1, max_length=LONGEST_KEY),
            description="Repeating the POST with this key within 24 hours does nothing and answers alike.",
        )
        self.parameters = [*(self.parameters or []), key]


@dataclass
class Upload(Operation):
    """Says of a POST that its body is a file itself: its handler reads it as it comes."""

    def __post_init__(self) -> None:
        """Put the file in the place of a body."""
        schema = Schema(type=OpenAPIType.STRING, content_media_type="application/octet-stream")
        content = {"application/octet-stream": OpenAPIMediaType(schema=schema)}
        self.request_body = RequestBody(content=content, required=True)


get = partial(litestar.get, responses=PROBLEMS)
"""A route that reads."""
post = partial(litestar.post, responses=PROBLEMS, operation_class=Repeatable)
"""A route that makes or decides."""
post_once = partial(litestar.post, responses=PROBLEMS, operation_class=Operation)
"""A POST that makes nothing which repeating would make twice, such as a session or a download."""
post_file = partial(litestar.post, responses=PROBLEMS, operation_class=Upload)
"""A POST of a file, which waits for what is to be done with it."""
patch = partial(litestar.patch, responses=PROBLEMS)
"""A route that changes what it is given and leaves the rest."""
put = partial(litestar.put, responses=PROBLEMS)
"""A route that makes something be as it is given; repeating changes nothing."""
delete = partial(litestar.delete, responses=PROBLEMS)
"""A route that ends something."""
