"""``awal.yaml``: what the people who set laik up answer, once.

The file is read strictly and every answer is plain data with a pattern of its own: what becomes of it is a
policy, settings and addresses, and none of them may gain a line or key by an answer.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from automation.core.documents import YamlDocument
from automation.core.errors import InvalidRequest, Where
from automation.core.policy import Account, DomainName, ForgePath, Line, Name
from automation.core.procedure import Key, Procedure, Role
from automation.core.text import Bilingual
from automation.core.yamltext import load_mapping, load_model

ANSWERS_FILE, SETTINGS_FILE, SECRETS_FOLDER = "awal.yaml", "laik.env", "rahasia"
BLANK = "ISI DI SINI"

Address = Annotated[
    str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$")
]
FilePath = Annotated[str, StringConstraints(pattern=r"^(/[^\x00-\x1f']*)?$", max_length=500)]
Accounts = Annotated[tuple[Account, ...], Field(min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ForgeAnswers(_Strict):
    """Where the forge is and who laik is there; secrets are in files of the folder ``rahasia``."""

    jenis: Literal["gitlab", "github"]
    alamat: Address
    id_app: int | None = Field(default=None, gt=0)
    instalasi: int | None = Field(default=None, gt=0)
    sertifikat: FilePath = ""
    jeda_tulis: float | None = Field(default=None, ge=0, le=60)


class GroupAnswers(_Strict):
    """Groups (GitLab) or organisations (GitHub); they may be one and the same."""

    kantor: ForgePath
    berkas: ForgePath
    aplikasi: ForgePath


class OrganisationAnswers(_Strict):
    """Who runs this laik."""

    pemerintah: Line
    instansi: Line
    zona_waktu: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]


class AgencyAnswers(BaseModel):
    """The first agency; others are added to the policy by merge request.

    Beside its key and name stand its roles, each with its accounts: which ones, the SOP says.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Accounts] = Field(init=False)

    kunci: Name
    nama: Line

    @property
    def peran(self) -> Mapping[str, tuple[str, ...]]:
        """The accounts of each role."""
        return dict(self.__pydantic_extra__)


class HostingAnswers(_Strict):
    """The parent domain and the first upstream."""

    induk_domain: DomainName
    alamat: str
    hulu_alamat: str
    hulu_port: int = Field(default=8080, ge=1, le=65535)

    @field_validator("alamat", "hulu_alamat")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return str(ipaddress.ip_address(value))


class WebhookAnswers(_Strict):
    """Where the forge reaches laik; empty: sweeps only."""

    alamat: Literal[""] | Address = ""


class FolderAnswers(_Strict):
    """Where laik keeps and publishes; empty: in the folder of ``awal.yaml``."""

    keadaan: FilePath = ""
    saji: FilePath = ""


class Answers(_Strict):
    """The whole of ``awal.yaml``."""

    format: Literal["laik/awal/1"]
    forge: ForgeAnswers
    grup: GroupAnswers
    pemilik_kebijakan: Annotated[tuple[Account, ...], Field(min_length=2, max_length=20)]
    organisasi: OrganisationAnswers
    sop: Key
    peran: Annotated[Mapping[Name, Accounts], Field(min_length=1, max_length=50)]
    perangkat_daerah: AgencyAnswers
    hosting: HostingAnswers
    webhook: WebhookAnswers = WebhookAnswers()
    folder: FolderAnswers = FolderAnswers()

    @field_validator("pemilik_kebijakan")
    @classmethod
    def _two_people(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len({account.casefold() for account in value}) < 2:
            raise ValueError("harus dua akun yang berbeda / must be two different accounts")
        return value

    @property
    def control(self) -> str:
        """Full path of the control project."""
        return f"{self.grup.kantor}/kendali"

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups, each once."""
        return tuple(dict.fromkeys((self.grup.kantor, self.grup.berkas, self.grup.aplikasi)))


def read_answers(text: bytes, *, path: str = ANSWERS_FILE) -> Answers:
    """``awal.yaml``, filled in.

    Raises:
        UnreadableDocument: broken YAML, with line and column.
        InvalidRequest: something is left blank or wrong, with line and column.
    """
    document = load_mapping(text, path=path)
    blank = [place for place, value in leaves(document.data) if isinstance(value, str) and BLANK in value]
    if blank:
        raise _left_blank(document, blank)
    answers = load_model(document, Answers, InvalidRequest)
    problem = _misfit(answers)
    if problem is not None:
        raise _at(document, problem[0], problem[1])
    return answers


def _misfit(answers: Answers) -> tuple[str, Bilingual] | None:
    """What every answer may be by itself, but not together."""
    forge, groups = answers.forge, answers.groups
    if forge.jenis == "gitlab" and (forge.id_app or forge.instalasi):
        key = "forge.id_app" if forge.id_app else "forge.instalasi"
        return key, Bilingual("hanya untuk GitHub", "is for GitHub only")
    if forge.instalasi and not forge.id_app:
        return "forge.instalasi", Bilingual("memerlukan id_app", "needs id_app")
    if forge.jenis == "github" and any("/" in group for group in groups):
        return "grup", Bilingual(
            "GitHub tidak mengenal grup di dalam grup", "GitHub has no groups within groups"
        )
    if forge.id_app and len(groups) > 1:
        return "grup", Bilingual(
            "GitHub App masuk ke satu organisasi saja: tulis nama yang sama tiga kali",
            "a GitHub App signs in to one organisation: write the same name three times",
        )
    return None


def template_answers(answers: Answers, bot: str) -> Mapping[str, Mapping[str, object]]:
    """The answers of the templates ``kendali`` and ``hosting``, as plain data."""
    own, agency, hosting = answers.organisasi, answers.perangkat_daerah, answers.hosting
    shared = {
        "pemerintah": own.pemerintah,
        "instansi": own.instansi,
        "induk_domain": hosting.induk_domain,
    }
    control = {
        "zona_waktu": own.zona_waktu,
        "sop": answers.sop,
        "bot": bot,
        "grup": answers.grup.kantor,
        "grup_berkas": answers.grup.berkas,
        "grup_aplikasi": answers.grup.aplikasi,
        "pemilik": answers.pemilik_kebijakan,
        "peran": role_lines(answers.peran),
        "pd_kunci": agency.kunci,
        "pd_nama": agency.nama,
        "peran_pd": role_lines(agency.peran),
        "alamat": hosting.alamat,
        "hulu_alamat": hosting.hulu_alamat,
        "hulu_port": hosting.hulu_port,
    }
    return {"kendali": {**shared, **control}, "hosting": shared}


def role_lines(roles: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Roles with their accounts as the template ``kendali`` takes them: one line of YAML each.

    The attack: an account or role that ends its line and adds a key to the policy. The guard: both are held
    to their patterns here and by the template, and an account stands in quotes.
    """
    quoted = {role: ", ".join(f'"{account}"' for account in accounts) for role, accounts in roles.items()}
    return tuple(f"{role}: [{accounts}]" for role, accounts in quoted.items())


def roles_asked(procedure: Procedure, scope: Literal["dinas", "perangkat_daerah"]) -> tuple[Role, ...]:
    """The roles of a SOP that a policy has to name; those of a single case are named in its case file."""
    return tuple(role for role in procedure.roles if role.scope == scope)


def require_roles(answers: Answers, procedures: Mapping[str, Procedure], *, path: str) -> None:
    """Hold that the answers name holders of every role of their SOP, each on its side.

    Raises:
        InvalidRequest: naming the roles that are missing or stand where they do not belong.
    """
    procedure = procedures.get(answers.sop)
    if procedure is None:
        return  # the policy that is made of the answers is refused for it, with the SOPs that there are
    wrong: list[str] = []
    for place, given in (("peran", answers.peran), ("perangkat_daerah", answers.perangkat_daerah.peran)):
        scope: Literal["dinas", "perangkat_daerah"] = "dinas" if place == "peran" else "perangkat_daerah"
        asked = {role.id for role in roles_asked(procedure, scope)}
        wrong += [f"{place}.{role}" for role in sorted(asked ^ set(given))]
    if wrong:
        listing = ", ".join(wrong)
        raise InvalidRequest(
            Bilingual(
                f"Peran tidak sesuai SOP '{answers.sop}', belum ada atau tidak pada tempatnya: {listing}.",
                f"The roles are not those of the SOP '{answers.sop}', missing or out of place: {listing}.",
            ),
            remedy=Bilingual(
                f"Contoh isian: laik init FOLDER-BARU --sop {answers.sop}",
                f"To see what belongs there: laik init NEW-FOLDER --sop {answers.sop}",
            ),
            where=Where(file=path),
        )


def leaves(value: object, at: str = "", *, lists: bool = True) -> Iterator[tuple[str, object]]:
    """Every plain value with its dotted key; with ``lists`` False a list is one value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, f"{at}.{key}" if at else str(key), lists=lists)
    elif lists and isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{at}.{index}")
    else:
        yield at, value


def _left_blank(document: YamlDocument, places: Sequence[str]) -> InvalidRequest:
    named = [f"{place} (baris {document.mark(place)[0]})" for place in places]
    english = [f"{place} (line {document.mark(place)[0]})" for place in places]
    line, column = document.mark(places[0])
    return InvalidRequest(
        Bilingual(f"Belum diisi: {', '.join(named)}.", f"Not filled in yet: {', '.join(english)}."),
        remedy=Bilingual(
            f"Ganti setiap '{BLANK}', lalu jalankan lagi.", f"Replace every '{BLANK}', then run it again."
        ),
        where=Where(file=document.path, line=line, column=column),
    )


def _at(document: YamlDocument, place: str, problem: Bilingual) -> InvalidRequest:
    line, column = document.mark(place)
    return InvalidRequest(
        Bilingual(f"{place}: {problem.id}.", f"{place}: {problem.en}."),
        remedy=Bilingual("Perbaiki, lalu jalankan lagi.", "Mend it, then run it again."),
        where=Where(file=document.path, line=line, column=column),
    )
