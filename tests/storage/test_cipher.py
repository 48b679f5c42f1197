"""What is sealed stays secret, in its place, and readable through changes of the secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.cipher import KEY_BYTES, Cipher
from storage.database import Database, open_database
from storage.errors import Unreadable
from tests.databases import SECRETS

OLD, NEW = SECRETS[0], "second secret of the tests, long enough"
PLACE = ("citizens", "phone", "ivan")
KEYS = {"index_key": b"i" * KEY_BYTES, "press_key": b"p" * KEY_BYTES}
CIPHER = Cipher([OLD], **KEYS)
text = st.text(st.characters(), max_size=20)
parts = st.lists(text, min_size=1, max_size=4)


@given(st.binary(max_size=2000), parts)
def test_what_is_sealed_opens_in_its_place(plain: bytes, place: list[str]):
    sealed = CIPHER.seal(plain, *place)

    assert CIPHER.open(sealed, *place) == plain
    assert len(sealed) == len(plain) + 33
    assert sealed[0] == 1
    assert CIPHER.is_current(sealed)


@given(st.binary(max_size=200), st.data())
def test_altered_bytes_are_refused(plain: bytes, data: st.DataObject):
    sealed = bytearray(CIPHER.seal(plain, *PLACE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(Unreadable):
        CIPHER.open(bytes(sealed), *PLACE)


@given(st.binary(max_size=200), st.data())
def test_cut_bytes_are_refused(plain: bytes, data: st.DataObject):
    sealed = CIPHER.seal(plain, *PLACE)

    with pytest.raises(Unreadable):
        CIPHER.open(sealed[: data.draw(st.integers(0, len(sealed) - 1))], *PLACE)


@given(parts, parts)
def test_another_place_is_refused(place: list[str], other: list[str]):
    sealed = CIPHER.seal(b"+7 900 000-00-00", *place)

    if place != other:
        with pytest.raises(Unreadable):
            CIPHER.open(sealed, *other)


@given(parts, parts)
def test_hashes_are_alike_only_for_the_same_parts(left: list[str], right: list[str]):
    assert (CIPHER.find(*left) == CIPHER.find(*right)) == (left == right)
    assert (CIPHER.mac(*left) == CIPHER.mac(*right)) == (left == right)


def test_the_same_text_is_never_sealed_alike():
    assert len({CIPHER.seal(b"ivan", *PLACE) for _ in range(100)}) == 100


def test_hashes_have_their_length_and_hide_their_parts():
    assert len(CIPHER.find("telegram", "42")) == 32
    assert set(CIPHER.find("telegram", "42")) <= set("0123456789abcdef")
    assert len(CIPHER.mac("ivan", "booking", "1")) == 32
    assert CIPHER.mac("ivan").hex()[:32] != CIPHER.find("ivan")


def test_a_broken_character_of_a_citizen_is_hashed_not_refused():
    assert CIPHER.find("\ud83d") != CIPHER.find("\ude00")


@pytest.mark.parametrize("secrets", [[], [""], ["short"], [OLD, "short"]])
def test_a_weak_secret_is_refused(secrets: list[str]):
    with pytest.raises(ValueError, match="secret"):
        Cipher(secrets, **KEYS)


def test_the_first_secret_seals_and_every_one_opens():
    sealed = CIPHER.seal(b"ivan", *PLACE)
    both, new = Cipher([NEW, OLD], **KEYS), Cipher([NEW], **KEYS)

    assert both.open(sealed, *PLACE) == b"ivan"
    assert not both.is_current(sealed)
    assert both.is_current(both.seal(b"ivan", *PLACE))
    with pytest.raises(Unreadable):
        new.open(sealed, *PLACE)


async def write(database: Database, name: str) -> None:
    async with database.write() as tx:
        on = tx.handle
        value = on.cipher.seal(name.encode(), "keys", "wrapped", name)
        await on.queries.keys_add(on.connection, name=name, wrapped=value)


async def reseal(database: Database, name: str) -> None:
    async with database.write() as tx:
        on = tx.handle
        value = on.cipher.seal(await read(database, name), "keys", "wrapped", name)
        await on.queries.keys_rewrap(on.connection, name=name, wrapped=value)


async def read(database: Database, name: str) -> bytes:
    async with database.read() as tx:
        on = tx.handle
        rows = {row[0]: bytes(row[1]) async for row in on.queries.keys_load(on.connection)}
        return on.cipher.open(rows[name], "keys", "wrapped", name)


async def test_a_secret_is_changed_without_losing_anybody(database_url: str):
    database = await open_database(database_url, [OLD])
    await write(database, "ivan")
    await write(database, "olga")
    found, signed = database.cipher.find("telegram", "42"), database.cipher.mac("press")
    await database.close()

    database = await open_database(database_url, [NEW, OLD])
    assert await read(database, "ivan") == b"ivan"
    assert database.cipher.find("telegram", "42") == found
    assert database.cipher.mac("press") == signed
    await reseal(database, "ivan")
    await database.close()

    database = await open_database(database_url, [NEW])
    try:
        assert database.cipher.find("telegram", "42") == found
        assert database.cipher.mac("press") == signed
        assert await read(database, "ivan") == b"ivan"
        with pytest.raises(Unreadable):
            await read(database, "olga")
    finally:
        await database.close()


async def test_a_wrong_secret_does_not_open_the_installation(database: Database, database_url: str):
    with pytest.raises(Unreadable):
        await open_database(database_url, [NEW])


async def test_two_installations_hash_differently(sqlite_url: str, postgres_url: str):
    found = []
    for url in (sqlite_url, postgres_url):
        database = await open_database(url, SECRETS)
        found.append((database.cipher.find("telegram", "42"), database.cipher.mac("press")))
        await database.close()

    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]
