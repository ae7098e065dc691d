"""The files of an installation's folder as text: ``awal.yaml`` to fill in, and the settings ``laik.env``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from automation.core.procedure import Procedure, Role
from automation.core.setupanswers import BLANK, SECRETS_FOLDER, Answers, roles_asked

TOKEN, APP_KEY, HOOK_SECRET = "token", "app.pem", "hook-secret"

_SETTINGS_HEAD = """\
# Setelan laik, ditulis oleh `laik init`. Tidak memuat rahasia: rahasia hanya ada dalam berkas yang disebut.
# laik's settings, written by `laik init`. No secrets here: they are in the files named.
# systemd: EnvironmentFile=.../laik.env; shell: set -a; . ./laik.env; set +a
"""


def starter(forge: Literal["gitlab", "github"], procedure: Procedure) -> str:
    """``awal.yaml`` with its blanks, the roles of the SOP among them, and comments in both languages."""
    gitlab = forge == "gitlab"
    groups = ("diskominfo", "berkas", "aplikasi") if gitlab else (BLANK, BLANK, BLANK)
    address = BLANK if gitlab else "https://github.com"
    return (
        _STARTER.replace("@FORGE@", forge)
        .replace("@ADDRESS@", address)
        .replace("@OFFICE@", groups[0])
        .replace("@CASES@", groups[1])
        .replace("@APPS@", groups[2])
        .replace("@ZONE@", procedure.identity.timezone)
        .replace("@SOP@", procedure.id)
        .replace("@ROLES@\n", _blanks(roles_asked(procedure, "dinas")))
        .replace("@AGENCY_ROLES@\n", _blanks(roles_asked(procedure, "perangkat_daerah")))
    )


def _blanks(roles: Sequence[Role]) -> str:
    """One blank a role, below what the SOP calls it."""
    return "".join(f"  # {role.label} / {role.en}\n  {role.id}: [{BLANK}]\n" for role in roles)


def settings_of(answers: Answers, folder: str) -> dict[str, str]:
    """The settings as environment variables; ``folder`` is the installation's, absolute."""
    secrets, forge = f"{folder}/{SECRETS_FOLDER}", answers.forge
    found = {"LAIK_FORGE": forge.jenis, "LAIK_URL": forge.alamat.rstrip("/")}
    if forge.id_app:
        found["LAIK_APP_ID"] = str(forge.id_app)
        found["LAIK_APP_KEY_FILE"] = f"{secrets}/{APP_KEY}"
    else:
        found["LAIK_TOKEN_FILE"] = f"{secrets}/{TOKEN}"
    if forge.instalasi:
        found["LAIK_APP_INSTALLATION"] = str(forge.instalasi)
    if forge.sertifikat:
        found["LAIK_CA_FILE"] = forge.sertifikat
    if forge.jeda_tulis is not None:
        found["LAIK_WRITE_SPACING"] = f"{forge.jeda_tulis:g}"
    found["LAIK_KENDALI"] = answers.control
    found["LAIK_STATE"] = answers.folder.keadaan or f"{folder}/keadaan"
    found["LAIK_OUT"] = answers.folder.saji or f"{folder}/saji"
    if answers.webhook.alamat:
        found["LAIK_HOOK_URL"] = hook_address(answers)
        found["LAIK_HOOK_SECRET_FILE"] = f"{secrets}/{HOOK_SECRET}"
    return found


def hook_address(answers: Answers) -> str:
    """Where the forge sends events; a bare host gets the forge's own path."""
    address = answers.webhook.alamat.rstrip("/")
    bare = address.count("/") == 2
    return f"{address}/webhook/{answers.forge.jenis}" if address and bare else address


def write_settings(settings: Mapping[str, str]) -> str:
    """``laik.env``. Single quotes mean the same to systemd and to a shell; no value holds one."""
    lines = [f"{name}='{value}'\n" for name, value in settings.items()]
    return _SETTINGS_HEAD + "".join(lines)


def read_settings(text: str) -> dict[str, str]:
    """The variables of a ``laik.env``: ``NAME=value`` a line, in quotes or not; others are left out."""
    found = {}
    for line in text.splitlines():
        name, sign, value = line.strip().partition("=")
        if sign and name.isidentifier():
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            found[name] = value[1:-1] if quoted else value
    return found


_STARTER = f"""\
# Jawaban untuk `laik init`. Ganti setiap "{BLANK}", lalu jalankan `laik init` lagi pada folder ini.
# Tidak ada rahasia di sini: token ditaruh dalam folder {SECRETS_FOLDER}/ (lihat SETUP.id.md).
# Answers for `laik init`. Replace every "{BLANK}" (fill in here), then run `laik init` on this folder again.
# No secrets here: the token goes into the folder {SECRETS_FOLDER}/ (see SETUP.md).
format: laik/awal/1

forge:
  # gitlab atau github / gitlab or github
  jenis: @FORGE@
  # Alamat yang dibuka orang, bukan alamat API. / The address people open, not that of the API.
  alamat: @ADDRESS@
  # GitHub App saja: nomor App; kuncinya di {SECRETS_FOLDER}/{APP_KEY}.
  # A GitHub App only: its id; its key is in {SECRETS_FOLDER}/{APP_KEY}.
  # Tanpa App / without an App: token di / in {SECRETS_FOLDER}/{TOKEN}.
  # id_app: 123456
  # Hanya bila App terpasang di lebih dari satu tempat. / Only where the App is installed more than once.
  # instalasi: 12345678
  # Sertifikat CA milik sendiri (PEM). / A certificate authority of your own (PEM).
  # sertifikat: /etc/ssl/certs/kantor.pem
  # Jeda antarpenulisan, detik. / Seconds between two writes.
  # jeda_tulis: 1

# Grup (GitLab) atau organisasi (GitHub). Dengan GitHub App ketiganya organisasi yang sama.
# Groups (GitLab) or organisations (GitHub). With a GitHub App all three are the same organisation.
grup:
  # Proyek kendali, hosting, dan rahasia. / The projects kendali, hosting and rahasia.
  kantor: @OFFICE@
  # Berkas perkara. / Case files.
  berkas: @CASES@
  # Repositori aplikasi. / Repositories of applications.
  aplikasi: @APPS@

# Sedikitnya dua akun yang menyetujui perubahan kebijakan.
# At least two accounts that agree to changes of the policy.
pemilik_kebijakan: [{BLANK}]

organisasi:
  # Nama pemerintah daerah / The regional government, e.g. Pemerintah Kabupaten Contoh
  pemerintah: {BLANK}
  # Instansi yang menjalankan SOP / The office that runs the SOP
  instansi: {BLANK}
  # Asia/Jakarta, Asia/Makassar, Asia/Jayapura
  zona_waktu: @ZONE@

# SOP pertama; yang lain ditambahkan lewat merge request pada laik.yaml. Yang ada: laik sop list.
# The first SOP; others are added to laik.yaml by merge request. There are: laik sop list.
sop: @SOP@

# Nama akun forge, bukan nama orang. Setelah kebijakan ada, yang berlaku hanya laik.yaml pada proyek kendali.
# Account names, not people's names. Once the policy exists, only laik.yaml in the project kendali counts.
peran:
@ROLES@

# Perangkat Daerah pertama; yang lain ditambahkan lewat merge request pada laik.yaml.
# The first agency; others are added to laik.yaml by merge request.
perangkat_daerah:
  # Huruf kecil, angka, _ dan -. / Lower case, digits, _ and -, e.g. dinkes
  kunci: {BLANK}
  nama: {BLANK}
@AGENCY_ROLES@

hosting:
  # Misalnya contoh.go.id / e.g. contoh.go.id
  induk_domain: {BLANK}
  # Alamat IP proksi terbalik yang dituju subdomain. / IP address of the reverse proxy that names point to.
  alamat: {BLANK}
  # Peladen aplikasi pertama. / The first application server.
  hulu_alamat: {BLANK}
  hulu_port: 8080

webhook:
  # Alamat laik sebagaimana dicapai forge; kosong: laik menyapu tiap 15 menit saja.
  # laik's address as the forge reaches it; empty: laik only sweeps, every 15 minutes.
  # Contoh / e.g. https://laik.contoh.go.id
  alamat: ""

folder:
  # Kosong: keadaan/ dan saji/ di samping berkas ini. / Empty: keadaan/ and saji/ beside this file.
  keadaan: ""
  saji: ""
"""
