"""Litestar's decorators, with the problem details that any of our routes may answer."""

from functools import partial
from http import HTTPStatus
from typing import Final

import litestar
from litestar.openapi import ResponseSpec

from percorso.api.errors import Problem

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

get = partial(litestar.get, responses=PROBLEMS)
"""A route that reads."""
post = partial(litestar.post, responses=PROBLEMS)
"""A route that makes or decides."""
patch = partial(litestar.patch, responses=PROBLEMS)
"""A route that changes what it is given and leaves the rest."""
put = partial(litestar.put, responses=PROBLEMS)
"""A route that makes something be as it is given; repeating changes nothing."""
delete = partial(litestar.delete, responses=PROBLEMS)
"""A route that ends something."""
