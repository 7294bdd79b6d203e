"""`percorso bench`: the measurements, each a command of its own."""

import click

from percorso.bench.engine import engine
from percorso.bench.entering import entry
from percorso.bench.exporting import export
from percorso.bench.idle import idle
from percorso.bench.importing import import_
from percorso.bench.ingest import ingest
from percorso.bench.ingest_single import ingest_single
from percorso.bench.latency import latency
from percorso.bench.membership import membership
from percorso.bench.recovery import recovery
from percorso.bench.segments import segments
from percorso.bench.timers import timers


@click.group()
def bench() -> None:
    """Measure this machine against the promised figures."""


bench.add_command(engine)
bench.add_command(entry)
bench.add_command(export)
bench.add_command(idle)
bench.add_command(import_)
bench.add_command(ingest)
bench.add_command(ingest_single)
bench.add_command(latency)
bench.add_command(membership)
bench.add_command(recovery)
bench.add_command(segments)
bench.add_command(timers)
