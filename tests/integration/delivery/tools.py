"""Stand-ins on the PATH for the tools of a cloud that no test asks: each writes down how it was called."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from local.state import ROOT

DELIVERY = ROOT / "scripts" / "delivery"


@dataclass
class Tools:
    """``answers``: what a tool does, as shell, such as ``echo x``; nothing by default."""

    folder: Path
    answers: dict[str, str] = field(default_factory=dict)

    def run(self, script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        tools = self.folder / "bin"
        tools.mkdir(exist_ok=True)
        for name in ("aws", "cdk", "curl", "gh", "p09"):
            file = tools / name
            file.write_text(f'#!/bin/bash\necho "{name} $*" >> "{self.folder}/called"\n{self.answers.get(name, "")}\n')
            file.chmod(0o755)
        command = [
            "env",
            f"PATH={tools}:{os.defpath}",
            *(f"{name}={value}" for name, value in variables.items()),
            str(DELIVERY / script),
            *arguments,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)

    @property
    def called(self) -> list[str]:
        file = self.folder / "called"
        return file.read_text().splitlines() if file.exists() else []
