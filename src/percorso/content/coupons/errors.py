"""Errors of coupons, all of them ContentErrors.

CouponError
├── UnknownPoolError   the workspace has no such pool
├── PoolNameError      a pool must have a name
└── CodeRangeError     not that many codes of that length can be made
"""

from percorso.content.errors import ContentError


class CouponError(ContentError):
    """Root of what `percorso.content.coupons` raises."""

    code = "coupon_error"


class UnknownPoolError(CouponError):
    """There is no such pool, or not in this workspace."""

    code = "unknown_pool"

    def __init__(self) -> None:
        super().__init__("There is no such pool of coupons.")


class PoolNameError(CouponError):
    """A pool has a name of 1 to 200 characters."""

    code = "pool_name"

    def __init__(self) -> None:
        super().__init__("A pool of coupons needs a name of 1 to 200 characters.")


class CodeRangeError(CouponError):
    """What was asked of generated codes cannot be done; the message says what to change."""

    code = "code_range"
