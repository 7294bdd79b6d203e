from hypothesis import settings

# A busy machine is no failure: no timing is asserted.
settings.register_profile("percorso", deadline=None)
settings.load_profile("percorso")
