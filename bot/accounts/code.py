"""
The second factor: codes of a phone (TOTP, six digits every 30 s) and recovery codes on paper.

Source: RFC 6238; the address in the QR code: github.com/google/google-authenticator/wiki/Key-Uri-Format.
"""

import hmac
import io
import secrets
from datetime import datetime

import pyotp

STEP_S = 30
STEPS_AROUND = 1  # a phone's clock may be half a minute off
ISSUER = "Помощник ЦЗН"
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another


def fresh_secret() -> str:
    """160 random bits in base32, as phones take them."""
    return pyotp.random_base32()


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The time step whose code this is, None for a wrong one. The caller must see that no step is used twice."""
    digits = "".join(typed.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    clock = pyotp.TOTP(secret, interval=STEP_S)
    current = int(now.timestamp()) // STEP_S
    for step in range(current - STEPS_AROUND, current + STEPS_AROUND + 1):
        if hmac.compare_digest(clock.generate_otp(step), digits):
            return step
    return None


def qr(secret: str, login: str) -> str:
    """The secret for a phone's camera, as an SVG to stand in a page; black on white in any theme."""
    import segno  # hardly ever needed, and slow to load

    address = pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=login, issuer_name=ISSUER)
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=3, light="#fff", dark="#000", nl=False
    )
    return drawn.getvalue().decode()


def recovery_codes() -> list[str]:
    """Ten codes of 50 bits, «abcde-fghjk»."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]


def read_recovery(typed: str) -> str:
    """A recovery code as it was made: people leave the dash out and write capitals."""
    bare = "".join(letter for letter in typed.casefold() if letter.isalnum())
    return f"{bare[:5]}-{bare[5:]}" if len(bare) == 10 else ""
