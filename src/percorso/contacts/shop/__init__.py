"""What a contact bought, and what lies in its basket: figures that Percorso keeps from the events by itself.

Words. The *shop* of a contact is what is remembered of its orders, basket and visit; the *figures* are the
attributes under `shop` that follow from it; a *moment* is when they change although nothing happens: a day
leaves a window, a basket counts as abandoned.

Invariants. All of it is pure and folded fact by fact, so a contact's figures are those that folding all of its
events again would give. Sums are kept in ten-thousandths, as integers: adding and taking away leaves no crumbs.
`docs/architecture/shop.md` tells what counts and what does not.
"""

from percorso.contacts.shop.figures import describe_figures
from percorso.contacts.shop.fold import fold_shop, is_of_shop
from percorso.contacts.shop.model import Shop, ShopRules
from percorso.contacts.shop.moments import next_moment, plan_moment

__all__ = [
    "Shop",
    "ShopRules",
    "describe_figures",
    "fold_shop",
    "is_of_shop",
    "next_moment",
    "plan_moment",
]
