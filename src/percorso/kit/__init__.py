"""Clock, ids, errors, JSON: what every package may use. No word of the domain."""
