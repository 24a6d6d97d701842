"""docs/problems.md and the page of the console's domain at which `type` of a problem points: the catalogue, for people to read."""

from html import escape
from typing import Final

from shared.http.problem_types import PAGE, PROBLEM_TYPES, ProblemType

_INTRODUCTION: Final = (
    "Every answer that is not a success is a problem document (RFC 9457, application/problem+json). Its detail says what is "
    "wrong and how to mend it, its errors point at single fields and parameters, and its type is the address of one of these."
)


def problems_page() -> str:
    """The catalogue as Markdown."""
    return "\n\n".join((
        "# Problems",
        "Generated from `shared/http/problem_types.py` by `make generate`: change it there.",
        _INTRODUCTION,
        *map(_section, PROBLEM_TYPES.values()),
    )) + "\n"  # fmt: skip


def problems_site() -> str:
    """The catalogue as the page that the console's domain serves; an anchor for each."""
    articles = "\n".join(map(_article, PROBLEM_TYPES.values()))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems · P09</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }}
:target {{ outline: 2px solid; outline-offset: .5rem; }}
</style>
</head>
<body>
<main>
<h1>Problems</h1>
<p>{escape(_INTRODUCTION)}</p>
{articles}
</main>
</body>
</html>
"""


def _section(one: ProblemType) -> str:
    return f"## {one.title}\n\n`{PAGE}#{one.slug}` · {one.status.value}\n\n{one.means}\n\n**What to do.** {one.mend}"


def _article(one: ProblemType) -> str:
    return (
        f'<section id="{one.slug}">\n<h2>{escape(one.title)}</h2>\n<p>Status {one.status.value}. {_code(one.means)}</p>\n'
        f"<p><strong>What to do.</strong> {_code(one.mend)}</p>\n</section>"
    )


def _code(text: str) -> str:
    """Text with `names` in backticks."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
