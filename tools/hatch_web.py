"""Build hook: puts the built web application into wheels, and leaves editable installs alone."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebBuildHook(BuildHookInterface[Any]):
    """Runs tools/build_web.py before a wheel is packed; an editable install serves whatever `make web` built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make src/percorso/api/static hold the built application, unless this is an editable install."""
        if version == "editable" or self.target_name != "wheel":
            return
        script = Path(self.root) / "tools" / "build_web.py"
        subprocess.run([sys.executable, str(script)], check=True, cwd=self.root)
