"""What is held about somebody is handed out whole: no table with rows of contacts is forgotten."""

import re
from importlib import resources
from typing import Final

from percorso.db import Connection

NOT_HANDED_OUT: Final = {
    "contact_marks": "says that an address is dead or somebody erased, as suppressions and facts do",
    "coupon_requests": "gone as soon as there is a code, which is handed out",
    "entries": "when a journey was entered, which its runs say",
    "identities": "who an identity belongs to: the document names them",
    "identity_conflicts": "speaks of somebody else, too",
    "caps": "counts messages, which are handed out",
    "moved": "whom the contact absorbed: their rows are in the document",
    "pasts": "summed up from facts",
    "place_requests": "gone as soon as it is known whether there is a place; the run says which way it took",
    "start_moments": "follow from fields, statuses and messages, which are handed out",
    "set_aside": "facts and runs that are in the document, with what the database said of them",
}


async def test_every_table_with_rows_of_contacts_is_handed_out_or_says_why_not(tx: Connection) -> None:
    rows = await tx.fetch(
        """SELECT DISTINCT c.table_name FROM information_schema.columns AS c
        JOIN pg_class ON pg_class.relname = c.table_name AND NOT pg_class.relispartition AND pg_class.relkind IN ('r', 'p')
        JOIN pg_namespace AS n ON n.oid = pg_class.relnamespace AND n.nspname = c.table_schema
        WHERE c.column_name = 'contact_id' AND c.table_schema = current_schema()"""
    )
    text = resources.files("percorso.privacy").joinpath("queries.sql").read_text(encoding="utf-8")
    handed_out = set(re.findall(r"(?:JOIN|FROM) (\w+) AS [fm]\b", text))
    assert {row[0] for row in rows} - handed_out == NOT_HANDED_OUT.keys()
