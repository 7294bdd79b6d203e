"""The fields that every workspace has (spec 2.3): pure data, labels in Italian and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from percorso.contacts.fields.model import Field, FieldType, Labels

_FIELDS: Final[tuple[tuple[str, FieldType, str, str], ...]] = (
    ("firstName", "text", "Nome", "First name"),
    ("middleName", "text", "Secondo nome", "Middle name"),
    ("lastName", "text", "Cognome", "Last name"),
    ("title", "text", "Titolo", "Title"),
    ("prefix", "text", "Appellativo", "Prefix"),
    ("gender", "text", "Genere", "Gender"),
    ("birthDate", "date", "Data di nascita", "Birth date"),
    ("language", "text", "Lingua", "Language"),
    ("locale", "text", "Impostazioni locali", "Locale"),
    ("timeZone", "text", "Fuso orario", "Time zone"),
    ("address.street", "text", "Via", "Street"),
    ("address.city", "text", "Città", "City"),
    ("address.province", "text", "Provincia", "Province"),
    ("address.region", "text", "Regione", "Region"),
    ("address.zip", "text", "CAP", "Postal code"),
    ("address.country", "text", "Paese", "Country"),
    ("address.geo.lat", "decimal", "Latitudine", "Latitude"),
    ("address.geo.lon", "decimal", "Longitudine", "Longitude"),
    ("picture", "url", "Foto", "Picture"),
    ("company", "text", "Azienda", "Company"),
    ("jobs", "list", "Lavori", "Jobs"),
    ("educations", "list", "Studi", "Educations"),
    ("likes", "list", "Interessi", "Likes"),
    ("socialProfiles", "object", "Profili social", "Social profiles"),
    ("devices", "object", "Dispositivi", "Devices"),
    ("tags.auto", "list", "Etichette automatiche", "Automatic tags"),
    ("tags.manual", "list", "Etichette manuali", "Manual tags"),
    ("shop.lastOrder.id", "text", "Ultimo ordine", "Last order"),
    ("shop.lastOrder.at", "date-time", "Data dell'ultimo ordine", "Last order on"),
    ("shop.lastOrder.amount", "decimal", "Importo dell'ultimo ordine", "Last order's amount"),
    ("shop.lastOrder.products", "list", "Prodotti dell'ultimo ordine", "Last order's products"),
    ("shop.lastOrder.categories", "list", "Categorie dell'ultimo ordine", "Last order's categories"),
    ("shop.lastShippedOrder.id", "text", "Ultimo ordine spedito", "Last shipped order"),
    ("shop.lastShippedOrder.at", "date-time", "Data dell'ultima spedizione", "Last shipped on"),
    ("shop.cart.id", "text", "Carrello", "Basket"),
    ("shop.cart.at", "date-time", "Ultima modifica del carrello", "Basket changed on"),
    ("shop.cart.amount", "decimal", "Importo del carrello", "Basket's amount"),
    ("shop.revenue.total", "decimal", "Fatturato totale", "Revenue in total"),
    (
        "shop.revenue.last12Months",
        "decimal",
        "Fatturato degli ultimi 12 mesi (giorni di calendario)",
        "Revenue of the last 12 months (calendar days)",
    ),
    (
        "shop.revenue.last30Days",
        "decimal",
        "Fatturato degli ultimi 30 giorni (giorni di calendario)",
        "Revenue of the last 30 days (calendar days)",
    ),
    ("shop.products", "list", "Prodotti acquistati", "Products bought"),
    ("shop.preferredStore", "text", "Negozio preferito", "Preferred store"),
)

STANDARD: Final[Mapping[str, Field]] = MappingProxyType(
    {
        path: Field(path=path, labels=Labels(it=italian, en=english), type=type_, is_standard=True)
        for path, type_, italian, english in _FIELDS
    }
)
"""Standard fields by path, in the order in which they are shown."""
