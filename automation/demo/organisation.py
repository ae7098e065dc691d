"""The organisation of the demonstration: role-named accounts, groups, projects and the policy.

What is the same on both forges; ``gitlabfounding`` and ``githubfounding`` make it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from automation.collect.templates import bundled_for
from automation.core.render import render_tree
from automation.core.setupanswers import role_lines
from automation.demo.cast import AGENCY, NAMES, OTHER_AGENCY, Cast, Roles
from automation.demo.people import Kind, Person
from automation.settings import AppIdentity, ForgeKind

BOT, OWNER = "laik", "pemilik-grup"
ICT_HEAD, REVIEWERS = "kepala-diskominfo", ("teknis-1", "teknis-2")
HEAD, TEAM, VENDOR = "kepala-dinkes", "tim-dinkes", "vendor-maju"
OTHER_HEAD, OTHER_TEAM = "kepala-dinsos", "tim-dinsos"
LOMBOK_TENGAH = Cast(
    sop="lombok-tengah",
    office={"kepala_diskominfo": (ICT_HEAD,), "tim_teknis_diskominfo": REVIEWERS},
    agencies={
        AGENCY: {"kepala_pd": (HEAD,), "tim_teknis_pd": (TEAM,)},
        OTHER_AGENCY: {"kepala_pd": (OTHER_HEAD,), "tim_teknis_pd": (OTHER_TEAM,)},
    },
    others=(VENDOR,),
)
PARENT = "contoh.go.id"
GROUP = "diskominfo"
CONTROL, HOSTING, SECRET = f"{GROUP}/kendali", f"{GROUP}/hosting", f"{GROUP}/rahasia"
OFFICE_ONLY = "# Rahasia\n\nHanya untuk Diskominfo; satu folder per kasus.\n"


@dataclass(frozen=True)
class Organisation:
    """Everyone by account name, who laik is, and where case files and applications lie.

    Attributes:
        people: by account name.
        forge: which forge they are on.
        bot: laik's account name.
        bot_token: its token; empty where laik is an app.
        app: the app that laik is, on GitHub.
        case_files: the group or organisation of the case files.
        applications: that of the applications.
        page: the address of an issue or merge request: (project, kind, number).
        cast: who of them is what.
    """

    people: Mapping[str, Person]
    forge: ForgeKind
    bot: str
    case_files: str
    applications: str
    page: Callable[[str, Kind, int], str]
    bot_token: str = field(default="", repr=False)
    app: AppIdentity | None = None
    cast: Cast = LOMBOK_TENGAH

    def __getitem__(self, account: str) -> Person:
        return self.people[account]


def project_files(forge: ForgeKind, bot: str, cast: Cast) -> Mapping[str, Mapping[str, bytes]]:
    """The first content of each of the organisation's own projects."""
    return {
        CONTROL: _control_files(forge, bot, cast),
        HOSTING: _template_files("hosting", forge, SHARED),
        SECRET: {"README.md": OFFICE_ONLY.encode()},
    }


def _control_files(forge: ForgeKind, bot: str, cast: Cast) -> dict[str, bytes]:
    case_files, applications = homes(forge)
    own = {"bot": bot, "grup_berkas": case_files, "grup_aplikasi": applications}
    files = _template_files("kendali", forge, {**SHARED, **_control_answers(cast), **own})
    extra = "".join(_agency(key, cast.agencies[key]) for key in list(cast.agencies)[1:])
    policy = files["laik.yaml"].decode()
    files["laik.yaml"] = policy.replace(
        "hosting:\n  induk_domain", f"{extra}hosting:\n  induk_domain"
    ).encode()
    return files


SHARED: Mapping[str, object] = {
    "pemerintah": "Pemerintah Kabupaten Contoh",
    "instansi": "Dinas Komunikasi dan Informatika Kabupaten Contoh",
    "induk_domain": PARENT,
}


def _control_answers(cast: Cast) -> Mapping[str, object]:
    """The answers of the template ``kendali``, with laik's readings of the SOP made the region's rules."""
    first = next(iter(cast.agencies))
    return {
        "zona_waktu": cast.procedure.identity.timezone,
        "sop": cast.sop,
        "tegakkan_bacaan": "ya",
        "grup": GROUP,
        "pemilik": cast.staff,
        "peran": role_lines(cast.office),
        "pd_kunci": first,
        "pd_nama": NAMES[first],
        "peran_pd": role_lines(cast.agencies[first]),
        "alamat": "127.0.0.1",
        "hulu_alamat": "127.0.0.1",
        "hulu_port": 9000,
    }


def _agency(key: str, held: Roles) -> str:
    lines = "".join(f"      {line}\n" for line in role_lines(held))
    return f"  {key}:\n    nama: {NAMES[key]}\n    peran:\n{lines}"


def homes(forge: ForgeKind) -> tuple[str, str]:
    """Groups of the case files and of the applications.

    On GitHub both are the office's one organisation: an app signs in to a single one, and an app that is
    installed on several must be open to everybody's organisation.
    """
    return ("berkas", "aplikasi") if forge == "gitlab" else (GROUP, GROUP)


def _template_files(template: str, forge: ForgeKind, answers: Mapping[str, object]) -> dict[str, bytes]:
    source = bundled_for(forge, GROUP)[template]
    return {one.path: one.content for one in render_tree(source, answers)}
