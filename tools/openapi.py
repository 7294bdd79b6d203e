"""Writes what the own API serves as OpenAPI into web/src/api/openapi.json, and the types of the web from it.

With --check it changes nothing and fails if the file is out of date.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import msgspec
from litestar import Litestar

from percorso.api.own.application import create_own_api
from percorso.config import Config
from percorso.db import Database
from percorso.journeys.graph import Graph
from percorso.reports import model as shown

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = ROOT / "web" / "src" / "api" / "openapi.json"
SCHEMAS = "#/components/schemas/"


def main() -> None:
    """Write the description, or compare it."""
    text = json.dumps(describe(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if "--check" in sys.argv:
        if WRITTEN.read_text(encoding="utf-8") != text:
            sys.exit("web/src/api/openapi.json is out of date: run `python -m tools.openapi`.")
        return
    WRITTEN.write_text(text, encoding="utf-8")
    subprocess.run(["npm", "--prefix", "web", "run", "--silent", "api:types"], cwd=ROOT, check=True)


def describe() -> dict[str, Any]:
    """Return the description of the own API; a journey's graph, opaque to its routes, is described as well."""
    # Nothing is asked of the database while an application is put together.
    application = cast("Litestar", create_own_api(cast("Database", None), cast("Config", None)))
    described = msgspec.json.decode(msgspec.json.encode(application.openapi_schema.to_schema()))
    (_,), graphs = msgspec.json.schema_components([Graph], ref_template=SCHEMAS + "{name}")
    schemas = cast("dict[str, Any]", described["components"]["schemas"])
    for name, schema in graphs.items():
        schemas.setdefault(name, schema)
    schemas["JourneyDetail"]["properties"]["graph"] = {"$ref": f"{SCHEMAS}Graph"}
    # What the screens are shown is sent whole, defaults included; only graphs and conditions leave them out.
    for name, value in vars(shown).items():
        if isinstance(value, type) and issubclass(value, shown.Shape) and name in schemas:
            schemas[name]["required"] = sorted(schemas[name]["properties"])
    return described


if __name__ == "__main__":
    main()
