"""A second, naive interpreter of journeys: the oracle outside the system (design/trust.md §2.3).

It reads the JSON of a graph by itself, judges conditions by itself, counts time by itself, and shares no code with
`percorso`. It is slow and plain on purpose: one contact, one event at a time, everything kept, nothing compiled.
"""
