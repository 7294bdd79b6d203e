"""Imports and exports: contacts in and out in bulk.

Words. An *import* is one file and what became of its rows. Its *layout* says how the file is read, its *settings*
what each column is for; a *lot* is what one transaction takes in. A *reject* is a row that was not taken in, with its
reason. An *export* is a stream of contacts, and the line that says who took it.

Invariants. A row is taken in once: its facts, its status and that it was read commit together. Whoever unsubscribed
stays so unless the import gives evidence. One bad row harms no other. The file lies in the database until the import
has ended, so any process can go on where another stopped. Memory does not depend on what is in a file, nor on how
many contacts leave.

    uploading ─▶ ready ─▶ checking ─▶ ready ─▶ running ─▶ applying ─▶ done
                   └──────────────────────────────┴──▶ cancelled, failed
"""
