"""The test suite; mirrors src/percorso. `conftest.py` names the fixtures that stand on a real PostgreSQL."""
