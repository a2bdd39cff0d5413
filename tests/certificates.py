"""Certificates for servers of the tests: an authority, and what it or another has signed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

DAY = timedelta(days=1)


def authority(folder: Path, name: str = "ca") -> Path:
    """Make an authority; the file of its certificate."""
    key = generate_private_key(SECP256R1())
    made = _make(key, key, subject="Provens utfärdare", issuer="Provens utfärdare", is_ca=True)
    _write(folder / f"{name}.key", key)
    return _put(folder / f"{name}.pem", made.public_bytes(Encoding.PEM))


def server_settings(folder: Path, kind: str) -> str:
    """Make a server's certificate, for `localhost` and `good` or with a fault; slapd's settings."""
    name = "another.example" if kind == "another_host" else "localhost"
    signer = "another" if kind == "another_authority" else "ca"
    if signer == "another":
        authority(folder, signer)
    issuer = load_pem_private_key((folder / f"{signer}.key").read_bytes(), None)
    assert isinstance(issuer, EllipticCurvePrivateKey)
    key = generate_private_key(SECP256R1())
    ends = -DAY if kind == "expired" else DAY
    made = _make(key, issuer, subject=name, issuer="Provens utfärdare", ends=ends)
    _write(folder / "server.key", key)
    _put(folder / "server.pem", made.public_bytes(Encoding.PEM))
    return (
        f"TLSCACertificateFile {folder}/{signer}.pem\n"
        f"TLSCertificateFile {folder}/server.pem\n"
        f"TLSCertificateKeyFile {folder}/server.key\n"
    )


def _make(
    key: EllipticCurvePrivateKey,
    signer: EllipticCurvePrivateKey,
    *,
    subject: str,
    issuer: str,
    ends: timedelta = DAY,
    is_ca: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC)
    ours, theirs = key.public_key(), signer.public_key()
    builder = (
        x509.CertificateBuilder(_name(issuer), _name(subject), ours)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 7 * DAY)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ours), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(theirs), critical=False)
    )
    if is_ca:
        usage = dict.fromkeys(
            (
                *("digital_signature", "content_commitment", "key_encipherment"),
                *("data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
            ),
            False,
        )
        signs = x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True)
        builder = builder.add_extension(signs, critical=True)
    else:
        names = x509.SubjectAlternativeName([x509.DNSName(subject)])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def _write(file: Path, key: EllipticCurvePrivateKey) -> None:
    _put(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _put(file: Path, data: bytes) -> Path:
    file.write_bytes(data)
    return file
