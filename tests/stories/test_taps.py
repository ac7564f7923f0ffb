"""What people do takes few taps; how many is measured, and the document says so."""

from collections.abc import Callable

from tests.taps import DOCUMENT, document, measured


async def test_each_takes_as_many_taps_as_the_document_says_and_no_more_than_it_may(new_sqlite_url: Callable[[], str]) -> None:
    found = await measured(new_sqlite_url(), new_sqlite_url())
    assert len([each for each in found if each.flow.most]) == 5
    too_many = [each.flow.what for each in found if each.flow.most and each.finger.count > each.flow.most]
    assert too_many == []
    assert document(found) == DOCUMENT.read_text("utf-8"), "written anew by python -m tests.taps"
