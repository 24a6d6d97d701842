"""`make price`: prints what the synthesized stages cost and writes docs/price.md; --check says what differs or has no price."""

import sys
from pathlib import Path
from typing import Final

from scripts.price.catalogue import NoPrice
from scripts.price.known import unknown
from scripts.price.page import page, summary
from scripts.price.templates import AWS_STAGES, Templates, read

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "price.md"


def priced(folder: Path) -> dict[str, Templates]:
    """The stages in AWS by name. Raises ``NoPrice`` for what nobody has put a price on."""
    stages = {name: read(folder, name) for name in AWS_STAGES}
    if found := sorted({what for templates in stages.values() for what in unknown(templates)}):
        raise NoPrice(
            f"nobody has said what these cost: {', '.join(found)}. Put them into scripts/price/types.toml, and what they cost into "
            "scripts/price/idle.py or events.py"
        )
    return stages


def main() -> None:
    try:
        stages = priced(ROOT / "cdk.out")
        text = page(stages)
    except (NoPrice, FileNotFoundError) as error:
        sys.exit(f"FAILED: {error}")
    if "--check" in sys.argv:
        if not PAGE.is_file() or PAGE.read_text() != text:
            sys.exit("docs/price.md is not what the templates and prices give: run `make price` and commit it")
        return
    PAGE.write_text(text)
    sys.stdout.write(f"{summary(stages)}\n\nwritten: docs/price.md\n")


if __name__ == "__main__":
    main()
