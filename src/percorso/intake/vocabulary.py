"""The published table: foreign names of events, properties and attributes, and ours. Pure data.

`docs/reference/tracking.md` is held to this file by a test. Sources: Segment, "Spec: E-Commerce Events",
"Spec: Identify", "Spec: Page"; RudderStack, "Ecommerce Events Specification".
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Products Searched": "searched",
        "Product List Viewed": "viewedProductCategory",
        "Product List Filtered": "viewedProductCategory",
        "Promotion Viewed": "genericPassiveEvent",
        "Promotion Clicked": "clickedLink",
        "Product Clicked": "clickedLink",
        "Product Viewed": "viewedProduct",
        "Product Added": "addedProduct",
        "Product Removed": "removedProduct",
        "Cart Viewed": "genericActiveEvent",
        "Checkout Started": "genericActiveEvent",
        "Checkout Step Viewed": "genericActiveEvent",
        "Checkout Step Completed": "genericActiveEvent",
        "Payment Info Entered": "genericActiveEvent",
        "Order Completed": "completedOrder",
        "Order Updated": "genericPassiveEvent",
        "Order Refunded": "completedOrder",
        "Order Cancelled": "completedOrder",
        "Coupon Entered": "genericActiveEvent",
        "Coupon Applied": "genericActiveEvent",
        "Coupon Denied": "genericPassiveEvent",
        "Coupon Removed": "genericActiveEvent",
        "Product Added to Wishlist": "addedWishlist",
        "Product Removed from Wishlist": "removedWishlist",
        "Wishlist Product Added to Cart": "addedProduct",
        "Product Shared": "genericActiveEvent",
        "Cart Shared": "genericActiveEvent",
        "Product Reviewed": "reviewedProduct",
        "Signed In": "loggedIn",
        "Signed Out": "loggedOut",
    }
)
"""Foreign event names and the known event that each becomes; other names stay as they were sent."""

ADDED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "Order Completed": MappingProxyType({"type": "sale"}),
        "Order Refunded": MappingProxyType({"type": "return"}),
        "Order Cancelled": MappingProxyType({"type": "return"}),
    }
)
"""Properties that say what only the foreign name said, where they are not given."""

PRODUCT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "product_id": "id",
        "productId": "id",
        "image_url": "imageUrl",
        "url": "linkUrl",
        "brand": "vendor",
        "category": "category[]",
    }
)
"""Properties of a product. `[]` at the end: one value becomes a list of one."""

ORDER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "order_id": "orderId",
        "store_code": "storeCode",
        "payment_method": "paymentMethod",
        "shipping_method": "shippingMethod",
        "revenue": "amount.revenue",
        "total": "amount.total",
        "shipping": "amount.shipping",
        "tax": "amount.tax",
        "discount": "amount.discount",
        "currency": "amount.local.currency",
    }
)
"""Properties of an order or cart; its `products[]` are renamed as PRODUCT says."""

PAGE: Final[Mapping[str, str]] = MappingProxyType(
    {"name": "title", "referrer": "referer", "category": "pageCategories[]", "keywords": "pageTags[]"}
)
"""Properties of a page or screen; `title` and the call's own name win over `name` in the properties."""

PROPERTIES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "completedOrder": ORDER,
        "abandonedCart": ORDER,
        "addedProduct": PRODUCT,
        "removedProduct": PRODUCT,
        "viewedProduct": PRODUCT,
        "addedWishlist": PRODUCT,
        "removedWishlist": PRODUCT,
        "reviewedProduct": PRODUCT,
        "viewedPage": PAGE,
        "clickedLink": MappingProxyType({"name": "title", "referrer": "referer"}),
        "searched": MappingProxyType({"query": "keyword", "result_count": "resultCount"}),
    }
)
"""Foreign properties by known event, and the path that each becomes unless something is there already."""

TRAITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "first_name": "firstName",
        "firstname": "firstName",
        "middle_name": "middleName",
        "last_name": "lastName",
        "lastname": "lastName",
        "birthday": "birthDate",
        "birth_date": "birthDate",
        "birthdate": "birthDate",
        "avatar": "picture",
        "time_zone": "timeZone",
        "timezone": "timeZone",
        "address.postalCode": "address.zip",
        "address.postal_code": "address.zip",
        "address.state": "address.province",
    }
)
"""Foreign traits and the attribute that each becomes; others keep their name."""

RESERVED: Final = frozenset(
    {
        "contactUpdated",
        "contactMoved",
        "messagePlanned",
        "messagePostponed",
        "messageSkipped",
        "messageFailed",
        "messageUnknown",
        "campaignSent",
        "campaignDelivered",
        "campaignOpened",
        "campaignLinkClicked",
        "campaignBounced",
        "campaignBlacklisted",
        "campaignMarkedSpam",
        "couponAssigned",
        "couponPoolEmpty",
        "placeTaken",
        "placesFull",
        "webhookAnswered",
        "webhookFailed",
        "startMet",
        "runMoved",
        "runRemoved",
        "stepSkipped",
        "journeyEntered",
        "journeyExited",
        "journeyPublished",
        "journeyActivated",
        "journeyPaused",
        "journeyResumed",
        "journeyArchived",
        "suppressionLifted",
        "contactErased",
        "consentChanged",
        "groupJoined",
        "groupLeft",
        "segmentEntered",
        "segmentLeft",
        "segmentPublished",
        "segmentDisabled",
        "firstNotificationSent",
    }
)
"""Names of facts that Percorso makes itself: sent from outside they would be forgeries."""
