"""What the properties of a shop's event say, whatever shape they came in: pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

Tree = Mapping[str, Any]

SCALE: Final = 10_000
"""Sums are kept in ten-thousandths."""

_LARGEST: Final = 10**12
_LONGEST_TEXT: Final = 500
_LONGEST_ID: Final = 200

_KEPT: Final = (
    "id",
    "sku",
    "name",
    "price",
    "vendor",
    "category",
    "imageUrl",
    "linkUrl",
    "weight",
    "quantity",
)
"""What is remembered of a product (spec 2.5, PROD)."""


def read_amount(value: Any) -> int | None:
    """Return a number, or a text that is one, in ten-thousandths; None if it is neither, or beyond a billion billions."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) > _LARGEST:
        return None
    return int((amount * SCALE).to_integral_value())


def write_amount(amount: int) -> int | float:
    """Return an amount as JSON writes it: a whole number where it is one."""
    whole, rest = divmod(amount, SCALE)
    return amount / SCALE if rest else whole


def read_text(value: Any, longest: int = _LONGEST_ID) -> str | None:
    """Return a text, or a number as text; None for all else and for nothing."""
    if type(value) is str:
        return value[:longest] or None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)[:longest] or None


def first_text(said: Tree, *names: str) -> str | None:
    """Return the first of these properties that is a text or number."""
    for name in names:
        text = read_text(said.get(name))
        if text:
            return text
    return None


def read_revenue(said: Tree) -> int | None:
    """Return what an order brought in: its revenue, else its total."""
    amount = said.get("amount")
    if isinstance(amount, dict):
        parts = cast("Tree", amount)
        revenue = read_amount(parts.get("revenue"))
        return revenue if revenue is not None else read_amount(parts.get("total"))
    return read_amount(amount)


def read_total(said: Tree) -> int | None:
    """Return what an order cost: its total, else its revenue."""
    amount = said.get("amount")
    if isinstance(amount, dict):
        parts = cast("Tree", amount)
        total = read_amount(parts.get("total"))
        return total if total is not None else read_amount(parts.get("revenue"))
    return read_amount(amount)


def list_products(said: Tree) -> Iterator[Tree]:
    """Yield the products of an order that are objects."""
    products = said.get("products")
    if isinstance(products, list):
        for product in cast("list[Any]", products):
            if isinstance(product, dict):
                yield cast("Tree", product)


def product_key(product: Tree) -> str:
    """Return what tells a product from others: its id, else its sku or name; "" where it has none."""
    return first_text(product, "id", "sku", "name") or ""


def list_categories(product: Tree) -> list[str]:
    """Return the categories of a product."""
    said = product.get("category")
    items = cast("list[Any]", said) if isinstance(said, list) else [said]
    return [text for item in items if (text := read_text(item))]


def read_quantity(product: Tree) -> int:
    """Return how many of a product: at least 1, where nothing sensible is said."""
    amount = read_amount(product.get("quantity"))
    return max(1, amount // SCALE) if amount is not None else 1


def keep_product(product: Tree) -> dict[str, Any]:
    """Return what is remembered of a product: its known properties, in bounds."""
    kept: dict[str, Any] = {}
    for name in _KEPT:
        value = product.get(name)
        if isinstance(value, list):
            kept[name] = [text for item in cast("list[Any]", value)[:10] if (text := read_text(item))]
        elif isinstance(value, str):
            kept[name] = value[:_LONGEST_TEXT]
        elif isinstance(value, int | float):
            kept[name] = value
    return kept


def find_store(said: Tree, context: Tree | None) -> str | None:
    """Return the store of an order: its code, or that of its context."""
    code = first_text(said, "storeCode")
    if code is not None or context is None or not isinstance(context.get("store"), dict):
        return code
    return first_text(cast("Tree", context["store"]), "id")
