"""Numbers of what stands in a site's dictionaries: one for each meaning, given under the worker's lock and never again."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from shared.storage.stage import DICTIONARIES, Meaning

if TYPE_CHECKING:
    from pg8000.native import Connection


def give_numbers(connection: "Connection", dictionary: str, meanings: Sequence[Meaning]) -> list[int]:
    """The numbers of some meanings, in their order; the transaction acts for their sites and holds the worker's lock."""
    # As text: the driver converts arrays element by element.
    sites = ",".join(str(one.site_id) for one in meanings)
    digests = ",".join(one.digest for one in meanings)
    found = connection.run(_FIND.format(dictionary=dictionary), sites=f"{{{sites}}}", digests=f"{{{digests}}}")
    numbers: list[int | None] = [number for (number,) in found]
    new = [place for place, number in enumerate(numbers) if number is None]
    if new:
        rows = [_row(dictionary, place, meanings[place]) for place in new]
        added = connection.run(_ADD[dictionary], rows=json.dumps(rows))
        for place, (number,) in zip(new, added, strict=True):
            numbers[place] = number
    return [number for number in numbers if number is not None]


def _row(dictionary: str, place: int, meaning: Meaning) -> dict[str, object]:
    values = dict(zip(DICTIONARIES[dictionary], meaning.values, strict=True))
    return {"site_id": meaning.site_id, "digest": meaning.digest, "place": place, **values}


_FIND: Final = """
select (select d.id from {dictionary} as d where d.site_id = asked.site_id and d.digest = asked.digest)
from unnest(cast(cast(:sites as text) as integer[]), cast(cast(:digests as text) as uuid[]))
    with ordinality as asked (site_id, digest, place)
order by place
"""


def _add(dictionary: str, columns: Sequence[str]) -> str:
    names, typed = ", ".join(columns), ", ".join(f"{name} text" for name in columns)
    return f"""
with new as (
    select * from jsonb_to_recordset(cast(:rows as jsonb)) as new (site_id integer, digest uuid, place integer, {typed})
), given as (
    insert into numbers as n (site_id, kind, last)
    select site_id, '{dictionary}', count(*) from new group by site_id
    on conflict (site_id, kind) do update set last = n.last + excluded.last
    returning site_id, last
), numbered as (
    select new.*, given.last + 1 - row_number() over (partition by site_id order by place desc) as id
    from new join given using (site_id)
), added as (
    insert into {dictionary} (site_id, id, digest, {names}) select site_id, id, digest, {names} from numbered
)
select id from numbered order by place
"""  # noqa: S608 -- only names of this file's own table are put into the text


_ADD: Final = {dictionary: _add(dictionary, columns) for dictionary, columns in DICTIONARIES.items()}
