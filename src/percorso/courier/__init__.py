"""The process that hands messages over: claim, render, ask the gate, mark, dot, record what came of it.

Words. A *slot* is one hand-over at a time. The *journal* is where marks and results are committed, several at once.
*Upkeep* makes planned messages due, gives back claims of dead couriers, and judges marks that never got a result.

Invariants (trust §1). No transaction is open while a provider is spoken to. No dot without a committed mark that is
younger than a second. A result commits together with the fact that tells the run. What a courier cannot finish,
another finds: nothing is only in memory but answers that the database did not take yet.
"""
