"""The known events and the types of their properties (spec 2.5): pure data. Other properties are allowed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

PropertyType = Literal["text", "number", "boolean", "date-time", "list", "object", "products"]
"""What a property holds. `list`: of texts. `products`: of products. A product's properties stand in PRODUCT."""

Properties = Mapping[str, PropertyType]

PRODUCT: Final[Properties] = MappingProxyType(
    {
        "id": "text",
        "sku": "text",
        "name": "text",
        "price": "number",
        "vendor": "text",
        "category": "list",
        "imageUrl": "text",
        "linkUrl": "text",
        "weight": "number",
        "quantity": "number",
    }
)
ORDER_LINE: Final[Properties] = MappingProxyType(
    {
        **PRODUCT,
        "type": "text",
        "subtotal": "number",
        "discount": "number",
        "tax": "number",
        "coupon": "text",
    }
)
AMOUNT: Final[Properties] = MappingProxyType(
    {
        "amount.total": "number",
        "amount.revenue": "number",
        "amount.shipping": "number",
        "amount.tax": "number",
        "amount.discount": "number",
        "amount.local.currency": "text",
        "amount.local.exchangeRate": "number",
    }
)
_PAGE: Final[Properties] = {
    "title": "text",
    "url": "text",
    "path": "text",
    "referer": "text",
    "search": "text",
}
_REWARD: Final[Properties] = {
    "rewardAmount": "number",
    "rewardTypeId": "text",
    "rewardType": "text",
    "rewardDescription": "text",
}
_TICKET: Final[Properties] = {
    "ticketId": "text",
    "category": "list",
    "subject": "text",
    "text": "text",
}
_SERVICE: Final[Properties] = {
    "subscriberId": "text",
    "serviceId": "text",
    "serviceName": "text",
    "serviceType": "text",
    "startDate": "text",
    "endDate": "text",
}
_MESSAGE: Final[Properties] = {
    "journeyId": "text",
    "step": "text",
    "templateId": "text",
    "subject": "text",
    "channel": "text",
    "listId": "text",
}
_STATUS: Final[Properties] = {
    "listId": "text",
    "channel": "text",
    "source": "text",
    "wording": "text",
    "confirmed": "boolean",
}
_MEETING: Final[Properties] = {
    "eventId": "text",
    "eventName": "text",
    "eventDate": "text",
    "eventType": "text",
    "eventLocation": "object",
}
_RUN: Final[Properties] = {"journeyId": "text", "version": "number", "outcome": "text", "reason": "text"}
_ABANDONED: Final[Properties] = {
    "orderId": "text",
    "abandonedCartUrl": "text",
    "expiresAt": "text",
    "storeCode": "text",
    **AMOUNT,
    "products": "products",
}
_ORDER: Final[Properties] = {
    "orderId": "text",
    "type": "text",
    "storeCode": "text",
    "paymentMethod": "text",
    "shippingMethod": "text",
    **AMOUNT,
    "coupon": "text",
    "products": "products",
}

KNOWN: Final[Mapping[str, Properties]] = MappingProxyType(
    {
        "completedOrder": _ORDER,
        "abandonedCart": _ABANDONED,
        "abandonedSession": {"abandonedSessionUrl": "text", "products": "products"},
        "addedProduct": {**PRODUCT, "cartId": "text", "cartUrl": "text"},
        "removedProduct": {**PRODUCT, "cartId": "text", "cartUrl": "text"},
        **dict.fromkeys(
            ("viewedProduct", "addedWishlist", "removedWishlist", "addedCompare", "removedCompare"), PRODUCT
        ),
        "reviewedProduct": {**PRODUCT, "rating": "number"},
        "viewedProductCategory": {"category": "text"},
        "viewedPage": {**_PAGE, "pageCategories": "list", "pageTags": "list"},
        "clickedLink": {**_PAGE, "linkTags": "list"},
        "searched": {"keyword": "text", "resultCount": "number"},
        "formCompiled": {"formName": "text", "formId": "text", "data": "object"},
        "loggedIn": {},
        "loggedOut": {},
        "changedSetting": {"setting": "text", "oldValue": "text", "newValue": "text"},
        "addedReward": _REWARD,
        "removedReward": _REWARD,
        "grantedCoupon": {
            "code": "text",
            "startValidityDate": "text",
            "totalAmount": "number",
            "redeemDate": "text",
            "status": "text",
            "type": "text",
            "remainingAmount": "number",
        },
        "orderShipped": {
            "orderId": "text",
            "carrier": "text",
            "trackingCode": "text",
            "trackingUrl": "text",
        },
        **dict.fromkeys(("openedTicket", "repliedTicket", "closedTicket"), _TICKET),
        **dict.fromkeys(("serviceSubscribed", "serviceUnsubscribed"), _SERVICE),
        "campaignSent": _MESSAGE,
        "campaignOpened": _MESSAGE,
        "campaignLinkClicked": {**_MESSAGE, "url": "text", "linkId": "text", "linkTags": "list"},
        "campaignBounced": {**_MESSAGE, "bounceClass": "text"},
        "campaignBlacklisted": _MESSAGE,
        "campaignMarkedSpam": _MESSAGE,
        **dict.fromkeys(("campaignSubscribed", "campaignOptinRequested", "campaignUnsubscribed"), _STATUS),
        **dict.fromkeys(
            (
                "eventInvited",
                "eventNotInvited",
                "eventEligible",
                "eventConfirmed",
                "eventDeclined",
                "eventRegistered",
                "eventParticipated",
                "eventNoShow",
            ),
            _MEETING,
        ),
        "journeyEntered": _RUN,
        "journeyExited": _RUN,
        "genericActiveEvent": {"name": "text"},
        "genericPassiveEvent": {"name": "text"},
    }
)
"""Property types by event; a dotted name lies in an object."""
