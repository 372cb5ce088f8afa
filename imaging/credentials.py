"""Content Credentials (C2PA): a signed note in a file, which breaks where the picture is changed after.

A host signs with its own certificate where the environment holds `C2PA_SIGN_CERT` (the chain) and `C2PA_PRIVATE_KEY`,
both PEM, as for `c2patool`. Without them every start makes a certificate of its own: readers then say that nobody they
know vouches for the signer, and still see what was made, by what, and whether the pixels are the same.
"""

from __future__ import annotations

import datetime
import io
import json
import os
from dataclasses import dataclass
from functools import cache

import c2pa  # pyright: ignore[reportMissingTypeStubs] - it comes without types
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC's word for a photo parts of which a trained program made."""

PRODUCT = "Semantic Darkroom"
LASTS = datetime.timedelta(days=365)


@dataclass(frozen=True)
class Identity:
    """Who signs: certificates, the signer's first, and its key (ECDSA, P-256), PEM."""

    chain: str
    key: str


def signed(png: bytes, title: str, software: str) -> bytes:
    """The PNG with a signed manifest: `title`, that `software` made it, and that it is a composite.

    Raises `ValueError` where the host's own certificate or key cannot be used.
    """
    made = {
        "action": "c2pa.created",
        "digitalSourceType": COMPOSITE,
        "softwareAgent": {"name": software},
    }
    manifest = {
        "claim_generator_info": [{"name": PRODUCT}],
        "title": title,
        "format": "image/png",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [made]}}],
    }
    who, target = identity(), io.BytesIO()
    try:
        with _without_thumbnail() as context, _signer(who) as signer:
            c2pa.Builder(json.dumps(manifest), context).sign(signer, "image/png", io.BytesIO(png), target)
    except c2pa.C2paError as error:
        raise ValueError(f"C2PA_SIGN_CERT or C2PA_PRIVATE_KEY cannot be used: {error}") from error
    return target.getvalue()


@cache
def identity() -> Identity:
    """The host's, or one of our own that is valid for a year."""
    chain, key = os.environ.get("C2PA_SIGN_CERT"), os.environ.get("C2PA_PRIVATE_KEY")
    return Identity(chain, key) if chain and key else _of_our_own()


def _without_thumbnail() -> c2pa.Context:
    """The picture is its own thumbnail: a second one doubles the size of small files."""
    return c2pa.Context(c2pa.Settings.from_json('{"builder": {"thumbnail": {"enabled": false}}}'))


def _signer(who: Identity) -> c2pa.Signer:
    info = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, who.chain.encode(), who.key.encode(), None)
    return c2pa.Signer.from_info(info)


def _of_our_own() -> Identity:
    """A signer under an authority, as the standard forbids to sign for oneself; the authority's key is forgotten."""
    authority, signer = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    chain = (
        _certificate(f"{PRODUCT}, this start", signer, authority, is_authority=False),
        _certificate(f"{PRODUCT}, authority of this start", authority, authority, is_authority=True),
    )
    pem = serialization.Encoding.PEM
    key = signer.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Identity("".join(one.public_bytes(pem).decode() for one in chain), key.decode())


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, authority: ec.EllipticCurvePrivateKey, *, is_authority: bool
) -> x509.Certificate:
    """With the uses that C2PA 2.2, section 14.5, asks of each."""
    now = datetime.datetime.now(datetime.UTC)
    issuer = f"{PRODUCT}, authority of this start"
    subject, issued = (
        x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, PRODUCT),
                x509.NameAttribute(NameOID.COMMON_NAME, one),
            ]
        )
        for one in (name, issuer)
    )
    uses = x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
    of_authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    made = (
        x509.CertificateBuilder(issued, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + LASTS)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(uses, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(of_authority, critical=False)
    )
    if not is_authority:
        email = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        made = made.add_extension(email, critical=False)
    return made.sign(authority, hashes.SHA256())
