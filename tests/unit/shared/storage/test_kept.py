from uuid import UUID

import pytest

from shared.collection.entry import Entry
from shared.storage.kept import from_object, to_object


@pytest.mark.parametrize("more", [b"", b"\\N\ten-GB\n", "\\N\tde-CH\tZürich\n".encode()])
def test_a_kept_copy_has_all_that_its_entry_had(more: bytes) -> None:
    entry = Entry(site_id=7, organisation=UUID(int=1), events=1, rows=b"7\t1\n", more=more, request_id="r")
    assert list(from_object(to_object(iter([entry])))) == [entry]
