"""Health of the machine: settings, folders, secret files, programs, disk, database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from automation.core.errors import LaikError
from automation.core.health import Check, Diagnosis, Unread, listed
from automation.core.text import Bilingual

OLDEST_GIT = (2, 38)
LOW_DISK, NO_DISK = 1024**3, 200 * 1024**2  # bytes
STRANGERS = 0o077  # the rights of the group and of all others
WORLD = 0o007


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A file or folder: ``mode`` its permission bits, ``own`` whether this account owns it.

    ``writable`` by those bits: root's power to write anywhere does not count.
    """

    path: str
    mode: int
    own: bool
    writable: bool
    setting: str = ""


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The database: its schema ``version`` (None while there is none) beside the one this program ``knows``.

    ``broken``: cases whose ledger chain breaks, with the number of the entry.
    """

    version: int | None
    knows: int
    cases: int = 0
    broken: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """How far the ledger is signed; ``problem`` is the first entry or key that does not hold.

    ``asked`` is whether a key ring is set, so that what is unsigned is not served.
    """

    asked: bool
    entries: int = 0
    signed: int = 0
    problem: LaikError | None = None


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """What the machine is like; None where nothing is there or no setting names it.

    ``publishes_itself``: no program of another account publishes for laik. ``checkers``: whether each is
    there, by name. ``stopped``: of each case that stands still, why its SOP is not there as it was.
    """

    problems: tuple[LaikError, ...]
    state: PlaceFacts | Unread | None
    out: PlaceFacts | Unread | None
    publishes_itself: bool
    secrets: tuple[PlaceFacts, ...]
    git: tuple[int, ...] | None
    checkers: tuple[tuple[str, bool], ...]
    free: int | Unread
    database: DatabaseFacts | Unread
    signatures: SignatureFacts | Unread = SignatureFacts(asked=False)
    stopped: tuple[LaikError, ...] | Unread = ()


def judge_machine(facts: MachineFacts) -> Iterator[Diagnosis]:
    """Every check of this theme."""
    yield from _settings(facts.problems)
    yield _state_folder(facts.state, shared=not facts.publishes_itself)
    yield _secret_files(facts.secrets)
    yield _out_folder(facts.out, itself=facts.publishes_itself)
    yield _disk(facts.free)
    yield _database(facts.database)
    yield _chain(facts.database)
    yield _signed(facts.signatures, facts.database)
    yield from _pinned(facts.stopped, facts.database)
    yield _git(facts.git)
    yield _checkers(facts.checkers)


def _settings(problems: tuple[LaikError, ...]) -> Iterator[Diagnosis]:
    if not problems:
        yield Check("settings_complete").ok("Semua setelan terbaca.", "All settings can be read.")
    for problem in problems:
        yield Check("settings_complete", problem.where.file).failed(problem)


def _state_folder(state: PlaceFacts | Unread | None, *, shared: bool) -> Diagnosis:
    if isinstance(state, Unread):
        return Check("state_folder", "LAIK_STATE").unread(state)
    if state is None:
        return Check("state_folder", "LAIK_STATE").warn(
            Bilingual("Folder LAIK_STATE belum ada.", "The folder LAIK_STATE is not there yet."),
            Bilingual(
                "Buat dengan 'install -d -m 0700', sebagai akun yang menjalankan laik.",
                "Make it with 'install -d -m 0700', as the account that runs laik.",
            ),
        )
    check = Check("state_folder", state.path)
    if not state.own or not state.writable:
        return check.fail(
            Bilingual(
                "Folder keadaan bukan milik akun ini, atau tidak dapat ditulisinya.",
                "The state folder is not this account's, or it may not write there.",
            ),
            Bilingual(
                "Jalankan doctor sebagai akun yang menjalankan laik, atau perbaiki pemiliknya (chown).",
                "Run doctor as the account that runs laik, or mend the owner (chown).",
            ),
        )
    return _kept_private(check, state, shared=shared)


def _kept_private(check: Check, state: PlaceFacts, *, shared: bool) -> Diagnosis:
    """The apply account of its own reads mirrors and writes SQLite there, by way of a group with laik."""
    if state.mode & WORLD:
        return check.fail(
            Bilingual(
                f"Folder keadaan terbuka bagi akun lain ({state.mode:04o}); isinya salinan berkas rahasia.",
                f"The state folder is open to other accounts ({state.mode:04o}); it holds copies of secret"
                " files.",
            ),
            Bilingual(*[f"chmod {'o=' if shared else '0700'} {state.path}"] * 2),
        )
    if state.mode & STRANGERS and not shared:
        return check.warn(
            Bilingual(
                f"Folder keadaan terbuka bagi grupnya ({state.mode:04o}), padahal LAIK_APPLY kosong:"
                " tidak ada akun penyaji yang memerlukannya.",
                f"The state folder is open to its group ({state.mode:04o}), but LAIK_APPLY is empty: no"
                " publishing account needs it.",
            ),
            Bilingual(*[f"chmod 0700 {state.path}"] * 2),
        )
    if state.mode & STRANGERS:
        return check.ok(
            f"Folder keadaan hanya untuk akun laik dan grupnya ({state.mode:04o}), yang diperlukan akun"
            " penyaji; pastikan grup itu tidak beranggota lain.",
            f"The state folder is for laik's account and its group ({state.mode:04o}), which the publishing"
            " account needs; make sure that nobody else is in that group.",
        )
    return check.ok("Folder keadaan hanya untuk akun laik.", "The state folder is for laik's account alone.")


def _secret_files(files: tuple[PlaceFacts, ...]) -> Diagnosis:
    check = Check("secret_files", listed(file.setting for file in files))
    open_ones = [file for file in files if file.mode & STRANGERS]
    if open_ones:
        named = listed(f"{file.path} ({file.mode:04o})" for file in open_ones)
        paths = " ".join(file.path for file in open_ones)
        return check.fail(
            Bilingual(
                f"Berkas rahasia dapat dibaca akun lain: {named}.",
                f"Other accounts may read secret files: {named}.",
            ),
            Bilingual(
                f"chmod 0600 {paths}, lalu ganti rahasianya bila mesin dipakai bersama.",
                f"chmod 0600 {paths}, then change the secrets where others use the machine.",
            ),
        )
    if not files:
        return check.unknown(
            Bilingual("Tidak ada berkas rahasia yang terbaca.", "No secret file could be looked at."),
            Bilingual(
                "Isi LAIK_TOKEN_FILE atau LAIK_APP_KEY_FILE.", "Set LAIK_TOKEN_FILE or LAIK_APP_KEY_FILE."
            ),
        )
    return check.ok("Berkas rahasia hanya untuk pemiliknya.", "Secret files are for their owner alone.")


def _out_folder(out: PlaceFacts | Unread | None, *, itself: bool) -> Diagnosis:
    if isinstance(out, Unread):
        return Check("out_folder", "LAIK_OUT").unread(out)
    check = Check("out_folder", out.path if out else "LAIK_OUT")
    if itself:
        return check.warn(
            Bilingual(
                "laik menyajikan sendiri: siapa pun yang menguasai akun laik dapat menyajikan nama apa pun.",
                "laik publishes by itself: whoever gets hold of laik's account may publish any name.",
            ),
            Bilingual(
                "Isi LAIK_APPLY: program yang berjalan sebagai akun lain, satu-satunya penulis LAIK_OUT.",
                "Set LAIK_APPLY to a program that runs as another account, the only one to write LAIK_OUT.",
            ),
        )
    if out is None:
        return check.warn(
            Bilingual("Folder LAIK_OUT belum ada.", "The folder LAIK_OUT is not there yet."),
            Bilingual("Buat milik akun penyaji.", "Make it, owned by the account that publishes."),
        )
    if out.writable:
        return check.fail(
            Bilingual(
                "Akun laik dapat menulis LAIK_OUT; hanya akun penyaji (LAIK_APPLY) yang boleh.",
                "laik's account may write LAIK_OUT; only the account that publishes (LAIK_APPLY) should.",
            ),
            Bilingual(
                f"chown ke akun penyaji dan chmod 0755 {out.path}.",
                f"chown it to the account that publishes and chmod 0755 {out.path}.",
            ),
        )
    return check.ok("Hanya akun penyaji menulis LAIK_OUT.", "The publishing account alone writes LAIK_OUT.")


def _disk(free: int | Unread) -> Diagnosis:
    check = Check("disk_space", "LAIK_STATE")
    if isinstance(free, Unread):
        return check.unread(free)
    told = f"{free / 1024**3:.1f} GiB"
    if free >= LOW_DISK:
        return check.ok(f"Ruang kosong {told}.", f"{told} are free.")
    message = Bilingual(f"Ruang kosong tinggal {told}.", f"Only {told} are free.")
    remedy = Bilingual(
        "Kosongkan atau perbesar disk tempat LAIK_STATE.", "Free or enlarge the disk that holds LAIK_STATE."
    )
    return check.fail(message, remedy) if free < NO_DISK else check.warn(message, remedy)


def _database(database: DatabaseFacts | Unread) -> Diagnosis:
    check = Check("database", "LAIK_STORE")
    if isinstance(database, Unread):
        return check.failed(database.why)
    if database.version is None:
        return check.warn(
            Bilingual("Basis data belum ada.", "There is no database yet."),
            Bilingual("Akan dibuat saat 'laik serve' dimulai.", "'laik serve' makes it when it starts."),
        )
    if database.version > database.knows:
        return check.fail(
            Bilingual(
                f"Basis data berskema versi {database.version}, program ini mengenal {database.knows}.",
                f"The database has schema version {database.version}, this program knows {database.knows}.",
            ),
            Bilingual("Jalankan laik yang lebih baru.", "Run a newer laik."),
        )
    if database.version < database.knows:
        return check.warn(
            Bilingual("Skema basis data lebih lama.", "The database has an older schema."),
            Bilingual(
                "Cadangkan; 'laik serve' memperbaruinya saat dimulai.",
                "Make a backup; 'laik serve' renews it when it starts.",
            ),
        )
    return check.ok("Basis data terbaca dan skemanya terbaru.", "The database is readable and up to date.")


def _chain(database: DatabaseFacts | Unread) -> Diagnosis:
    check = Check("ledger_chain", "LAIK_STORE")
    if isinstance(database, Unread) or database.version is None or database.version > database.knows:
        return check.after("database")
    if database.broken:
        named = listed(f"{case} (entri/entry {seq})" for case, seq in database.broken)
        return check.fail(
            Bilingual(
                f"Rantai buku besar putus: {named}. Catatan keputusan telah diubah.",
                f"The ledger's chain is broken: {named}. Records of decisions were changed.",
            ),
            Bilingual(
                "Hentikan laik, simpan salinan basis data sebagai bukti, pulihkan dari cadangan.",
                "Stop laik, keep a copy of the database as evidence, restore from a backup.",
            ),
        )
    return check.ok(
        f"Rantai buku besar utuh ({database.cases} kasus).",
        f"The ledger's chain is whole ({database.cases} cases).",
    )


def _signed(facts: SignatureFacts | Unread, database: DatabaseFacts | Unread) -> Diagnosis:
    check = Check("ledger_signed", "LAIK_KEYRING")
    if isinstance(facts, SignatureFacts) and not facts.asked:
        return check.warn(
            Bilingual(
                "Entri buku besar tidak ditandatangani: siapa pun yang dapat menulis ke basis data dapat"
                " menerbitkan.",
                "Ledger entries are not signed: whoever can write to the database can publish.",
            ),
            Bilingual(
                "Buat kunci dengan 'laik ledger key new' dan isi LAIK_KEYRING; lihat panduan bagian 10.",
                "Make keys with 'laik ledger key new' and set LAIK_KEYRING; see the guide, section 10.",
            ),
        )
    if isinstance(database, Unread) or database.version != database.knows:
        return check.after("database")
    if database.broken:
        return check.after("ledger_chain")
    if isinstance(facts, Unread):
        return check.unread(facts)
    if facts.problem is not None:
        return check.failed(facts.problem)
    if facts.signed < facts.entries:
        left = facts.entries - facts.signed
        return check.warn(
            Bilingual(
                f"{left} dari {facts.entries} entri belum bertanda tangan sah.",
                f"{left} of {facts.entries} entries have no valid signature yet.",
            ),
            Bilingual(
                "Lihat log 'laik serve'; buku besar dari sebelum ada kunci: 'laik ledger sign --all'.",
                "See the log of 'laik serve'; a ledger from before keys: 'laik ledger sign --all'.",
            ),
        )
    return check.ok(
        f"Semua entri bertanda tangan ({facts.entries}).", f"All entries are signed ({facts.entries})."
    )


def _pinned(stopped: tuple[LaikError, ...] | Unread, database: DatabaseFacts | Unread) -> Iterator[Diagnosis]:
    """One diagnosis for each SOP that is not there as it was, naming the cases that stand still for it."""
    check = Check("case_sop", "LAIK_SOP")
    if isinstance(database, Unread) or database.version is None or database.version > database.knows:
        yield check.after("database")
        return
    if isinstance(stopped, Unread):
        yield check.unread(stopped)
        return
    if not stopped:
        yield check.ok(
            "Setiap kasus dapat diputuskan menurut SOP yang mengikatnya.",
            "Every case can be decided by the SOP that it is pinned to.",
        )
    for said in {problem.message: problem for problem in stopped}.values():
        cases = listed(problem.where.case for problem in stopped if problem.message == said.message)
        yield Check("case_sop", cases).failed(said)


def _git(version: tuple[int, ...] | None) -> Diagnosis:
    check = Check("git_program", "git")
    if version is not None and version >= OLDEST_GIT:
        return check.ok(f"git {_dotted(version)}.", f"git {_dotted(version)}.")
    wanted = _dotted(OLDEST_GIT)
    told = Bilingual("tidak ada", "is absent") if version is None else Bilingual(*[_dotted(version)] * 2)
    return check.fail(
        Bilingual(
            f"git {told.id}; laik perlu {wanted} atau lebih baru.",
            f"git {told.en}; laik needs {wanted} or newer.",
        ),
        Bilingual(
            "Pasang git yang lebih baru (apt-get install git).", "Install a newer git (apt-get install git)."
        ),
    )


def _checkers(checkers: tuple[tuple[str, bool], ...]) -> Diagnosis:
    check = Check("hosting_checkers", listed(name for name, _ in checkers))
    absent = listed(name for name, present in checkers if not present)
    if absent:
        return check.warn(
            Bilingual(
                f"Pemeriksa tidak ada di mesin ini: {absent}; laik memakai pengganti yang lebih lemah.",
                f"Checkers absent on this machine: {absent}; laik uses weaker readers in their place.",
            ),
            Bilingual(
                "Pasang bind9-utils dan nginx-light di mesin yang menyajikan.",
                "Install bind9-utils and nginx-light on the machine that publishes.",
            ),
        )
    return check.ok("Pemeriksa zona dan nginx ada.", "The checkers of zones and nginx are there.")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
