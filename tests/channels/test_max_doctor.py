"""What doctor tells about a bot in MAX; and its server's certificate, which no usual root vouches for."""

import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.channels.max import Max
from bot.channels.max_doctor import ca_findings
from bot.channels.port import Broken, Finding, ReceiveError, Unreachable
from bot.messages import Address, Outgoing
from tests.platforms.max import MaxEmulator

NOW = datetime.now(UTC)
HOOK = "https://bot.example.ru/hooks/max"
SECRET = "right-secret-of-the-hook"
SAID = Outgoing("greeting", "Здравствуйте")


class Authority:
    """A CA of our own, valid until `until`; `pem` is its file, `serve` makes a context for 127.0.0.1."""

    def __init__(self, folder: Path, name: str = "ca", until: datetime = NOW + timedelta(days=3650)) -> None:
        self._folder, self._name, self._key = folder, name, ec.generate_private_key(ec.SECP256R1())
        self._subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self._certificate = self._signed(self._subject, self._key, until, is_ca=True)
        self.pem = self._write(f"{name}.pem", self._certificate.public_bytes(serialization.Encoding.PEM))

    def serve(self, until: datetime = NOW + timedelta(days=30)) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
        certificate = self._signed(subject, key, until, is_ca=False)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        public = certificate.public_bytes(serialization.Encoding.PEM)
        context.load_cert_chain(
            self._write(f"{self._name}-server.pem", public), self._write(f"{self._name}-server.key", secret)
        )
        return context

    def _write(self, name: str, content: bytes) -> str:
        path = self._folder / name
        path.write_bytes(content)
        return str(path)

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime, *, is_ca: bool
    ) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(until - timedelta(days=4000))
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
                    key_agreement=False, key_cert_sign=is_ca, crl_sign=is_ca, encipher_only=False, decipher_only=False,
                ),
                critical=True,
            )
            .sign(self._key, hashes.SHA256())
        )  # fmt: skip


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def platform() -> AsyncIterator[MaxEmulator]:
    async with MaxEmulator(token="t") as platform:
        yield platform
    assert platform.violations == []


@pytest.fixture
async def secure(platform: MaxEmulator, authority: Authority) -> AsyncIterator[str]:
    """The same emulator over https, its certificate signed by `authority`."""
    runner = web.AppRunner(platform.application(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.serve()).start()
    yield f"https://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def examined(channel: Max) -> Sequence[Finding]:
    try:
        return await channel.doctor()
    finally:
        await channel.close()


async def test_with_the_ca_file_the_server_is_trusted(secure: str, authority: Authority, platform: MaxEmulator) -> None:
    channel = Max(token="t", api_url=secure, ca_file=authority.pem)

    await channel.open()
    await channel.send(Address("max", "42"), SAID, 1)

    assert not any(finding.is_fault for finding in await examined(channel))
    assert platform.shown("42")[0].text == SAID.text


async def test_without_the_ca_file_the_server_is_refused(secure: str, platform: MaxEmulator) -> None:
    channel = Max(token="t", api_url=secure)

    with pytest.raises(Unreachable):
        await channel.open()
    with pytest.raises(Unreachable):
        await channel.send(Address("max", "42"), SAID, 1)

    (finding,) = await examined(channel)
    assert finding.is_fault
    assert "BOT_MAX_CA_FILE" in finding.remedy
    assert not platform.requests


async def test_with_a_strange_ca_file_the_server_is_refused(secure: str, tmp_path: Path) -> None:
    (finding,) = await examined(Max(token="t", api_url=secure, ca_file=Authority(tmp_path, "other").pem))

    assert finding.is_fault
    assert "не подходит" in finding.remedy


async def test_the_ca_is_trusted_by_that_client_only(secure: str, authority: Authority) -> None:
    trusting, other = Max(token="t", api_url=secure, ca_file=authority.pem), Max(token="t", api_url=secure)

    await trusting.open()
    with pytest.raises(Unreachable):
        await other.open()
    await trusting.close()
    await other.close()


@pytest.mark.parametrize("content", [None, b"", b"not a certificate", b"\xff\xfe\x00"])
async def test_a_useless_ca_file_is_told_and_stops_the_channel(
    secure: str, tmp_path: Path, platform: MaxEmulator, content: bytes | None
) -> None:
    path = tmp_path / "useless.pem"
    if content is not None:
        path.write_bytes(content)
    channel = Max(token="t", api_url=secure, ca_file=str(path))

    for attempt in (channel.open(), channel.send(Address("max", "42"), SAID, 1), channel.poll("")):
        with pytest.raises(Broken):
            await attempt
    (finding,) = await examined(channel)

    assert finding.is_fault
    assert str(path) in finding.what
    assert "BOT_MAX_CA_FILE" in finding.remedy
    assert not platform.requests


async def test_an_expired_ca_file_is_told(secure: str, tmp_path: Path) -> None:
    expired = Authority(tmp_path, "expired", until=NOW - timedelta(days=2))

    (finding,) = await examined(Max(token="t", api_url=secure, ca_file=expired.pem))

    assert finding.is_fault
    assert f"истекли {NOW - timedelta(days=2):%d.%m.%Y}" in finding.what


def test_a_ca_file_that_ends_soon_or_in_part_is_a_hint(tmp_path: Path) -> None:
    soon = Authority(tmp_path, "soon", until=NOW + timedelta(days=20))
    past = Authority(tmp_path, "past", until=NOW - timedelta(days=20))
    both = tmp_path / "both.pem"
    both.write_text(Path(soon.pem).read_text() + Path(past.pem).read_text())

    found = ca_findings(str(both), NOW)

    assert [finding.is_fault for finding in found] == [False, False]
    assert ("истёк" in found[0].what, "истекает" in found[1].what) == (True, True)
    assert ca_findings(soon.pem, NOW - timedelta(days=60)) == []


async def test_a_good_token_is_told_and_polling_hinted_at(platform: MaxEmulator) -> None:
    found = await examined(Max(token="t", api_url=platform.url))

    assert [finding.is_fault for finding in found] == [False, False]
    assert "id7700000000_bot" in found[0].what
    assert "BOT_PUBLIC_URL" in found[1].remedy


async def test_a_bad_token_is_told_with_where_to_get_a_good_one(platform: MaxEmulator) -> None:
    (finding,) = await examined(Max(token="revoked", api_url=platform.url))

    assert finding.is_fault
    assert "business.max.ru" in finding.remedy
    assert "revoked" not in str(finding)


async def test_the_subscription_is_checked_against_the_mode(platform: MaxEmulator) -> None:
    def bot(url: str, secret: str = SECRET) -> Max:
        return Max(token="t", api_url=platform.url, webhook_url=url, secret=secret)

    missing = await examined(bot(HOOK))
    without_secret = await examined(bot(HOOK, ""))
    platform.deliver_to(HOOK, SECRET)
    standing = await examined(bot(HOOK))
    in_the_way = await examined(bot("", ""))
    platform.deliver_to("https://old.example.ru/hooks/max", SECRET)
    doubled = await examined(bot(HOOK))

    assert [finding.is_fault for finding in missing] == [False, True]
    assert [finding.is_fault for finding in without_secret] == [False, True, True]
    assert "BOT_WEBHOOK_SECRET" in without_secret[1].remedy
    assert [finding.is_fault for finding in standing] == [False]
    assert [finding.is_fault for finding in in_the_way] == [False, False]
    assert "подписка" in in_the_way[1].what
    assert "чужие" in doubled[1].what


async def test_an_outage_is_told_without_a_trace(platform: MaxEmulator) -> None:
    platform.faults.outage = True
    channel = Max(token="t", api_url=platform.url)

    with pytest.raises(ReceiveError):
        await channel.prepare_polling()
    with pytest.raises(Unreachable):
        await channel.open()
    (finding,) = await examined(channel)

    assert finding.is_fault
    assert finding.remedy
