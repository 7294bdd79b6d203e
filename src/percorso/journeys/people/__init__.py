"""People inside a journey: what becomes of them when a version is published, a pause ends, or somebody moves them.

Words. An *ask* is a fact of kind run that asks something of one run: to be moved, to end, to go on without its message.
An *errand* is the job that asks it of many. A run *crosses* into a version when that is published so, and is *put* at a
step by hand.

Invariants. What comes of an ask is decided by `inside.decide_asked`, from the run as it then stands: asking twice changes
nothing. A run stands in exactly one version; it crosses into newer ones only. Who cannot cross finishes on the old. What
is asked by hand holds for the visit that was looked at: who has moved on is left alone.

    publish ─▶ journeyPublished in every bucket ─▶ errand: runMoved to each run of an older version
    resume  ─▶ errand: stepSkipped or runRemoved to each that is late ─▶ all applied ─▶ journeyResumed
    by hand ─▶ errand: runMoved or runRemoved to one run, or to all at a step
"""
