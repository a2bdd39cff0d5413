"""Signatures: made and checked by us, and checked by the real `ssh-keygen`."""

import base64
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.store.evidence import (
    NAMESPACE_DECISION,
    NAMESPACE_GIT,
    PRINCIPAL,
    BadSignature,
    Reason,
    Signer,
    check,
    read_signers,
)
from styrdokument.store.sshsig import Sshsig

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DECISION = '{"seq": 1, "title": "Handhygien på vårdavdelning"}\n'.encode()


@pytest.fixture
def signer(tmp_path):
    return Signer.create(tmp_path / "signing")


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    signer = Signer.create(tmp_path_factory.mktemp("keys") / "signing")
    return signer.sign(DECISION, "git"), signers_of(signer)


def signers_of(signer, at=NOON):
    return read_signers(signer.allowed_signers_line(at).encode() + b"\n")


def reason_of(*args, **kwargs):
    with pytest.raises(BadSignature) as caught:
        check(*args, **kwargs)
    return caught.value.reason


def ssh_keygen_accepts(folder, line, signature, message, *, namespace, at="", zone="UTC"):
    (folder / "allowed").write_text(line + "\n")
    (folder / "message.sig").write_bytes(signature)
    return (
        subprocess.run(
            [
                "ssh-keygen",
                "-Y",
                "verify",
                "-f",
                folder / "allowed",
                "-I",
                PRINCIPAL,
                "-n",
                namespace,
            ]
            + ["-s", folder / "message.sig"]
            + ([f"-Overify-time={at}"] if at else []),
            input=message,
            env={**os.environ, "TZ": zone},
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )


def test_a_signature_is_accepted_by_us_and_by_ssh_keygen(tmp_path, signer):
    signature = signer.sign(DECISION, NAMESPACE_DECISION)
    assert (
        check(
            DECISION, signature, namespace=NAMESPACE_DECISION, signers=signers_of(signer), at=NOON
        )
        == PRINCIPAL
    )
    line = signer.allowed_signers_line(datetime(2020, 1, 1, tzinfo=UTC))
    assert ssh_keygen_accepts(tmp_path, line, signature, DECISION, namespace=NAMESPACE_DECISION)
    assert not ssh_keygen_accepts(
        tmp_path, line, signature, DECISION + b" ", namespace=NAMESPACE_DECISION
    )
    assert not ssh_keygen_accepts(tmp_path, line, signature, DECISION, namespace="other")


def test_a_signature_by_ssh_keygen_is_accepted_by_us(tmp_path, signer):
    (tmp_path / "message").write_bytes(DECISION)
    subprocess.run(
        [
            "ssh-keygen",
            "-q",
            "-Y",
            "sign",
            "-f",
            tmp_path / "signing",
            "-n",
            NAMESPACE_GIT,
            tmp_path / "message",
        ],
        check=True,
        capture_output=True,
    )
    signature = (tmp_path / "message.sig").read_bytes()
    assert signature == signer.sign(DECISION, NAMESPACE_GIT)
    assert check(DECISION, signature, namespace=NAMESPACE_GIT, signers=signers_of(signer))


def test_the_key_is_for_its_owner_alone_and_never_overwritten(tmp_path, signer):
    path = tmp_path / "signing"
    before = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        Signer.create(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    assert Signer.load(path).sign(b"x", "git") == signer.sign(b"x", "git")


def test_a_key_of_another_kind_is_not_loaded(tmp_path):
    path = tmp_path / "rsa"
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", path], check=True)
    with pytest.raises(ValueError, match="Ed25519"):
        Signer.load(path)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Stockholm", "America/Los_Angeles", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 21, 23, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),  # 02:30 in Stockholm, the first time that night
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),  # 02:30 again
    ],
)
def test_the_key_is_valid_at_the_very_moment_it_was_made(tmp_path, signer, at, zone):
    signature = signer.sign(DECISION, NAMESPACE_GIT)
    for_git = subprocess.run(
        ["date", "-d", f"@{int(at.timestamp())}", "+%Y%m%d%H%M%S"],
        text=True,
        env={**os.environ, "TZ": zone},
        check=True,
        capture_output=True,
    )
    assert ssh_keygen_accepts(
        tmp_path,
        signer.allowed_signers_line(at),
        signature,
        DECISION,
        namespace="git",
        at=for_git.stdout.strip(),
        zone=zone,
    )
    assert check(DECISION, signature, namespace="git", signers=signers_of(signer, at), at=at)


def test_a_key_is_not_valid_the_day_before(tmp_path, signer):
    signature = signer.sign(DECISION, NAMESPACE_GIT)
    early = NOON - timedelta(days=1)
    assert (
        reason_of(DECISION, signature, namespace="git", signers=signers_of(signer), at=early)
        is Reason.NOT_VALID_THEN
    )
    assert not ssh_keygen_accepts(
        tmp_path,
        signer.allowed_signers_line(NOON),
        signature,
        DECISION,
        namespace="git",
        at=f"{early:%Y%m%d%H%M%S}Z",
    )
    assert check(DECISION, signature, namespace="git", signers=signers_of(signer))


def test_a_key_is_not_valid_after_its_end(signer):
    line = signer.allowed_signers_line(NOON).replace('Z" ', 'Z",valid-before="20261201120000Z" ')
    signers = read_signers(line.encode())
    signature = signer.sign(DECISION, "git")
    end = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert check(DECISION, signature, namespace="git", signers=signers, at=end)
    assert (
        reason_of(
            DECISION, signature, namespace="git", signers=signers, at=end + timedelta(seconds=1)
        )
        is Reason.NOT_VALID_THEN
    )


def test_other_bytes_are_not_what_was_signed(signer):
    signature = signer.sign(DECISION, "git")
    assert (
        reason_of(DECISION[:-1], signature, namespace="git", signers=signers_of(signer))
        is Reason.WRONG_BYTES
    )


def test_a_signature_for_one_thing_does_not_count_for_another(signer):
    signers = signers_of(signer)
    as_git = signer.sign(DECISION, NAMESPACE_GIT)
    assert (
        reason_of(DECISION, as_git, namespace=NAMESPACE_DECISION, signers=signers)
        is Reason.WRONG_NAMESPACE
    )
    renamed = replace(Sshsig.read(as_git), namespace=NAMESPACE_DECISION).armored()
    assert (
        reason_of(DECISION, renamed, namespace=NAMESPACE_DECISION, signers=signers)
        is Reason.WRONG_BYTES
    )
    elsewhere = signer.sign(DECISION, "mail")
    assert (
        reason_of(DECISION, elsewhere, namespace="mail", signers=signers) is Reason.WRONG_NAMESPACE
    )


def test_an_unlisted_key_is_nobody_even_when_it_claims_to_be_listed(tmp_path, signer):
    other = Signer.create(tmp_path / "other")
    signature = other.sign(DECISION, "git")
    signers = signers_of(signer)
    assert reason_of(DECISION, signature, namespace="git", signers=signers) is Reason.UNKNOWN_KEY
    assert reason_of(DECISION, signature, namespace="git", signers=()) is Reason.UNKNOWN_KEY
    claimed = replace(Sshsig.read(signature), key=signers[0].key).armored()
    assert reason_of(DECISION, claimed, namespace="git", signers=signers) is Reason.WRONG_BYTES


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        b"\n",
        b"U1NIU0lH",
        b"\xff",
        b"-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----",
        b"-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n",
        b"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n",
        b"-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n",
        b"-----BEGIN SSH SIGNATURE-----\nA\n-----END SSH SIGNATURE-----\n",
    ],
)
def test_what_is_unsigned_never_counts(signer, signature):
    assert (
        reason_of(b"", signature, namespace="git", signers=signers_of(signer)) is Reason.MALFORMED
    )


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.booleans())
def test_no_damaged_signature_counts(signed, place, bit, cut):
    good, signers = signed
    damaged = bytearray(base64.b64decode(b"".join(good.split(b"\n")[1:-2])))
    place %= len(damaged)
    if cut:
        del damaged[place:]
    else:
        damaged[place] ^= 1 << bit
    armored = b"-----BEGIN SSH SIGNATURE-----\n%s\n-----END SSH SIGNATURE-----\n"
    with pytest.raises(BadSignature):
        check(DECISION, armored % base64.b64encode(damaged), namespace="git", signers=signers)


@pytest.mark.parametrize(
    "line",
    [
        "styrdokument@record.invalid",
        "a@b,c@d ssh-ed25519 {key}",
        "*@record.invalid ssh-ed25519 {key}",
        "a@b cert-authority ssh-ed25519 {key}",
        'a@b cert-authority,namespaces="git" ssh-ed25519 {key}',
        'a@b namespaces="git*" ssh-ed25519 {key}',
        'a@b namespaces="" ssh-ed25519 {key}',
        'a@b valid-after="2026" ssh-ed25519 {key}',
        'a@b valid-after="20261321Z" ssh-ed25519 {key}',
        'a@b valid-after="20261121Z",valid-after="20201121Z" ssh-ed25519 {key}',
        'a@b touch="yes" ssh-ed25519 {key}',
        "a@b ssh-ed25519 AAAA",
        "a@b ssh-rsa {key}",
    ],
)
def test_a_list_of_signers_with_a_line_we_do_not_use_is_refused_by_number(signer, line):
    good = signer.allowed_signers_line(NOON)
    text = f"# keys\n\n{good}\n{line.format(key=good.split()[-1])}\n"
    with pytest.raises(ValueError, match="line 4"):
        read_signers(text.encode())


def test_a_list_of_signers_is_read_as_it_is_written(signer):
    (found,) = signers_of(signer)
    assert (found.principal, found.namespaces) == (PRINCIPAL, ("git", "styrdokument-decision"))
    assert found.valid_after == datetime(2026, 11, 21, tzinfo=UTC)
    assert found.valid_before is None
    key = signer.allowed_signers_line(NOON).split()[-1]
    (plain,) = read_signers(f"a@b ssh-ed25519 {key} a comment\n".encode())
    assert (plain.key, plain.namespaces, plain.valid_after) == (found.key, (), None)
