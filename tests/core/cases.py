"""A case held in memory: procedure, evidence, comments and ledger, and one who carries plans out.

Nothing of laik is replaced but the checks: here one holds when everything it looks at is there and good.
What a subject contains is plain text; ``FLAWED``, ``BROKEN`` and ``UNKNOWN`` are what their names say, and
a subject that is not in ``content`` is absent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from automation.bots import all_wishes
from automation.bots.desk import Desk
from automation.bots.reporter import case_card, hosting_card
from automation.collect.procedures import bundled
from automation.core.act import Act, Said, acts_of
from automation.core.authority import Acting, roles_on
from automation.core.clock import ClockRules, clock_rules
from automation.core.confirmation import Confirmed, confirm
from automation.core.documents import CodeSnapshot
from automation.core.evidence import Evidence, EvidenceView, State
from automation.core.finding import Finding, Outcome
from automation.core.gate import FLOOR, HOSTING_CHECK, HostingFacts
from automation.core.memory import Memory, remember
from automation.core.plan import (
    Answer,
    Change,
    CloseIssue,
    MergeHosting,
    Place,
    PlaceOnBoard,
    Plan,
    PostStatus,
    ProposeFile,
    Provision,
    Relabel,
    Remember,
    Remind,
    ReopenIssue,
    ServeHosting,
    WriteCard,
)
from automation.core.policy import Policy, load_policy
from automation.core.policycalendar import NationalDays
from automation.core.procedure import Procedure, load_procedure
from automation.core.reconcile import (
    Decision,
    Observation,
    ShownState,
    Target,
    decide,
    difference,
    remembers,
    with_shown,
)
from automation.core.request import Request
from automation.core.text import Bilingual

FLAWED, BROKEN, UNKNOWN = "cacat", "rusak", "tidak diketahui"
EVERYTHING = Confirmed(cabang="semua", pelaksana="semua")
KEY, COMMIT, TREE, HEAD = "PA-2026-0042", "c" * 40, "d" * 40, "e" * 40
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ISSUE, REQUEST = Place(1, "issue", 42), Place(2, "merge_request", 7)

SMALL = """\
format: laik/sop/1
id: kecil
version: "2026.1"
title: {id: SOP kecil, en: Small SOP}
identity:
  {government: Pemerintah, agency: Dinas, timezone: Asia/Makassar, number: null, created_on: null,
   revised_on: null, effective_on: null, signed: null, authorised_by: Kepala, title: SOP kecil,
   legal_basis: [], qualifications: [], related: [], equipment: [], warnings: [], records: []}
roles:
  - {id: kepala_diskominfo, label: Kepala Diskominfo, en: Head, archetype: ict_head}
  - {id: tim_teknis_diskominfo, label: Tim Teknis Diskominfo, en: Team, archetype: technical_reviewer}
  - {id: pengembang, label: Pengembang, en: Builder, archetype: builder_external}
phases:
  - {key: awal, label: Awal, en: Start}
  - {key: akhir, label: Akhir, en: End}
documents:
  naskah: {name: Naskah, en: Draft, kind: markdown, home: berkas, path: naskah.md}
  surat: {name: Surat, en: Letter, kind: letter, home: berkas, path: surat.pdf}
steps:
  - key: tulis
    number: 1
    phase: awal
    gate: naskah
    activity: {verbatim: Menulis, id: Menulis, en: Writing}
    actors: {responsible: [{role: pengembang, basis: stated}]}
    duration: {raw: null, iso: null}
    flow: {kind: linear, branches: [{when: selesai, on: completed, to: periksa, basis: stated}]}
    judging: {subjects: [naskah], checks: [naskah_is_filled]}
    completion: auto
    provisions: application
  - key: periksa
    number: 2
    phase: awal
    gate: naskah
    activity: {verbatim: Memeriksa, id: Memeriksa, en: Checking}
    actors: {responsible: [{role: tim_teknis_diskominfo, basis: stated}]}
    duration: {raw: 1 Hari, iso: P1D}
    flow:
      kind: decision
      branches:
        - {when: ya, on: completed, to: amankan, basis: stated}
        - {when: tidak, on: refused, to: tulis, basis: inferred}
    judging: {subjects: [naskah], checks: [naskah_is_filled]}
    completion: human_gate
    act: {verb: setuju, about: naskah, by: [tim_teknis_diskominfo], refuse: revisi}
  - key: amankan
    number: 3
    phase: akhir
    gate: keamanan
    activity: {verbatim: Mengamankan, id: Mengamankan, en: Securing}
    actors: {responsible: [{role: tim_teknis_diskominfo, basis: stated}]}
    duration: {raw: 2 Hari, iso: P2D}
    flow:
      kind: loop
      branches:
        - {when: aman, on: completed, to: sajikan, basis: stated}
        - {when: belum, on: refused, to: amankan, basis: stated}
    judging: {subjects: [scan], checks: [scan_is_clean]}
    completion: human_gate
    act: {verb: nyatakan_aman, about: keamanan, by: [tim_teknis_diskominfo], refuse: temuan}
  - key: sajikan
    number: 4
    phase: akhir
    gate: hosting
    activity: {verbatim: Menyajikan, id: Menyajikan, en: Serving}
    actors: {responsible: [{role: kepala_diskominfo, basis: stated}]}
    duration: {raw: 1 Hari, iso: P1D}
    flow: {kind: terminal, branches: [{when: selesai, on: completed, to: null, basis: stated}]}
    judging: {subjects: [surat], checks: []}
    completion: human_gate
    act: {verb: disposisi, about: tindak-lanjut, by: [kepala_diskominfo]}
hosting: {after: [amankan], completes: sajikan, approved_by: [tim_teknis_diskominfo]}
"""
POLICY = """\
format: laik/kebijakan/1
organisasi: {pemerintah: Pemerintah Daerah, instansi: Diskominfo, zona_waktu: Asia/Makassar}
bot: laik-bot
sop: [kecil]
proyek: {kendali: diskominfo/kendali, hosting: diskominfo/hosting, rahasia: diskominfo/rahasia,
         berkas: berkas, aplikasi: aplikasi}
peran:
  kepala_diskominfo: [kepala-diskominfo]
  tim_teknis_diskominfo: [teknis-1, teknis-2]
perangkat_daerah:
  dinkes: {nama: Dinas Kesehatan, peran: {kepala_pd: [kepala-dinkes], tim_teknis_pd: [tim-dinkes]}}
hosting:
  induk_domain: [contoh.go.id]
  alamat: 192.0.2.10
  hulu: {app: {alamat: 192.0.2.20, port: 8080}}
  nama_server: [ns1.contoh.go.id]
  surel_zona: hostmaster.contoh.go.id
pemilik_kebijakan: [pemilik-1, pemilik-2]
"""
ROLES: Mapping[str, frozenset[str]] = {
    "kepala_diskominfo": frozenset({"kepala-diskominfo"}),
    "tim_teknis_diskominfo": frozenset({"teknis-1", "teknis-2"}),
    "kepala_pd": frozenset({"kepala-dinkes"}),
    "tim_teknis_pd": frozenset({"tim-dinkes"}),
    "pengembang": frozenset({"vendor-maju"}),
}
OTHERS = {"orang-lain", "kabid", "kasi", "dua-topi", "sekretaris"}
IDS = {name: 10 + at for at, name in enumerate(sorted(set().union(*ROLES.values()) | OTHERS))}
APPLICATION = Request(
    judul="Permohonan",
    jenis_permohonan="bantuan_teknis",
    perangkat_daerah="dinkes",
    nama_aplikasi="Antrean",
    slug="antrean",
    ringkasan="Ringkas",
    sop="kecil",
    templat="base",
    dpa_nomor="1",
    dpa_tahun=2026,
    dpa_pagu=1,
    penanggung_jawab="Sekretaris",
)


@dataclass(frozen=True)
class FakeCheck:
    """Holds when every subject it is given is there and good."""

    id: str
    needs: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()
    answer: Callable[[EvidenceView, tuple[str, ...]], tuple[Finding, ...]] | None = None

    def judge(self, view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
        if self.answer is not None:
            return self.answer(view, subjects)
        return tuple(finding(self.id, _outcome(view, name), key=name) for name in subjects)


def finding(check: str, outcome: Outcome, *, key: str = "", seen: str = "Dilihat.") -> Finding:
    return Finding(check, outcome, Bilingual(seen, "Seen."), Bilingual("Perbaiki.", "Mend."), key=key)


def _outcome(view: EvidenceView, subject: str) -> Outcome:
    name = subject if subject in {"form", "code", "scan", "hosting"} else f"doc:{subject}"
    evidence = view.get(name)
    if evidence.state is State.ABSENT:
        return Outcome.PENDING
    if evidence.state is not State.PRESENT:
        return Outcome.ERROR
    return Outcome.FAIL if evidence.value == FLAWED else Outcome.PASS


def small_procedure(text: str = SMALL) -> Procedure:
    known = set(re.findall(r"checks: \[(\w+)\]", text))
    return confirm(load_procedure(text, path="kecil.yaml", checks=frozenset(known)), EVERYTHING)


def lombok_tengah() -> Procedure:
    return confirm(bundled()["lombok-tengah"], EVERYTHING)


def checks_of(procedure: Procedure) -> dict[str, FakeCheck]:
    named = {check for step in procedure.steps for check in step.judging.checks}
    return {check: FakeCheck(check) for check in sorted({*named, *FLOOR, HOSTING_CHECK})}


@dataclass(frozen=True)
class Entry:
    kind: str
    seq: int
    body: Mapping[str, object]
    at: datetime


@dataclass
class Case:
    """See the module. ``says`` adds a comment, ``settle`` runs rounds until nothing is left to write."""

    procedure: Procedure = field(default_factory=small_procedure)
    content: dict[str, str] = field(default_factory=dict)
    roles: Mapping[str, frozenset[str]] = field(default_factory=lambda: ROLES)
    policy: Policy = field(default_factory=lambda: load_policy(POLICY))
    request: Request | None = APPLICATION
    checks: dict[str, FakeCheck] = field(default_factory=dict)
    slice: dict[str, object] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    cards: dict[Place, tuple[int, str]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    statuses: dict[tuple[int, str, str], tuple[str, str, bool]] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)
    reminders: list[str] = field(default_factory=list)
    issue_open: bool = True
    placed: tuple[str | None, date | None] = (None, None)
    hosting: HostingFacts | None = None
    judged_commit: str = COMMIT
    merged: dict[int, str] = field(default_factory=dict)
    read_back: bool = True
    proposed: dict[str, str] = field(default_factory=dict)
    branches: list[str] = field(default_factory=list)
    inventory: bytes | None = None
    passed_on: bool = False
    other_cases: frozenset[str] = frozenset()
    national: NationalDays = field(default_factory=NationalDays)
    title: str = "Permohonan"
    now: datetime = START
    acting: tuple[Acting, ...] = ()
    successor: Procedure | None = None

    def __post_init__(self) -> None:
        self.checks = self.checks or checks_of(self.procedure)
        body = {"form": "f", "procedure": self.procedure.id, "version": self.procedure.version}
        self._append("accepted", body)

    # what is there

    @property
    def memory(self) -> Memory:
        return remember(self.entries)

    def acts(self) -> tuple[Act, ...]:
        return acts_of(self.said)

    def view(self) -> EvidenceView:
        names = {f"doc:{name}": name for name in self.procedure.documents}
        names |= {name: name for name in ("form", "scan", "hosting", "code")}
        names |= {"doc:mockup": "mockup", "doc:uat_skenario": "uat_skenario", "doc:uat_hasil": "uat_hasil"}
        collected = {one: self._evidence(one, name) for one, name in names.items()}
        return EvidenceView(collected, self.slice, self.procedure.documents, self.roles, self.procedure.roles)

    def _evidence(self, evidence_id: str, name: str) -> Evidence:
        text = self.content.get(name)
        if text is None:
            return Evidence(evidence_id, State.ABSENT)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if text == UNKNOWN:
            return Evidence(evidence_id, State.UNKNOWN, problem=Bilingual("Forge mati.", "Forge down."))
        if text == BROKEN:
            return Evidence(evidence_id, State.UNREADABLE, digest)
        value: object = CodeSnapshot(self.judged_commit, TREE, digest) if name == "code" else text
        return Evidence(evidence_id, State.PRESENT, digest, value)

    def observation(self) -> Observation:
        targets = [Target(3, COMMIT)] + ([Target(2, self.hosting.head_sha)] if self.hosting else [])
        return Observation(
            key=KEY,
            place=ISSUE,
            procedure=self.procedure,
            acts=self.acts(),
            memory=self.memory,
            roles=roles_on(self.roles, self.acting, self.now.date()),
            permanent=self.roles,
            acting=self.acting,
            successor=self.successor,
            hosting=self._facts(),
            targets=tuple(targets),
            shown=ShownState(
                cards=dict(self.cards),
                answers=frozenset(self.answers),
                statuses=dict(self.statuses),
                labels=tuple(sorted(self.labels)),
                issue_open=self.issue_open,
            ),
            now=self.now,
            rules=self.rules(),
            title=self.title,
            agency="dinkes",
            candidate=COMMIT,
            merged=dict(self.merged),
            cases=self.other_cases,
            inventory_text=self.inventory,
            passed_on=self.passed_on,
        )

    def rules(self) -> ClockRules:
        zone = self.policy.organisasi.zona_waktu
        return clock_rules(self.policy.kalender, zone, self.national, self.procedure.id)

    def _facts(self) -> HostingFacts | None:
        if self.hosting is None:
            return None
        approvers = self.roles["tim_teknis_diskominfo"]
        standing = {act.id: act.body_digest for act in self.acts() if not act.edited}
        ruled = [one for one in self.memory.acts if one.step == self.hosting.step_key]
        return replace(
            self.hosting,
            holders=frozenset(IDS[name] for name in approvers),
            gone=frozenset(one.act for one in ruled if standing.get(one.act) != one.body),
        )

    def decide(self) -> Decision:
        return decide(self.observation(), self.view(), self.checks)

    def desk(self) -> Desk:
        return Desk(with_shown(self.decide()), self.policy, self.request)

    def plan(self) -> Plan:
        decision = self.decide()
        desk = Desk(with_shown(decision), self.policy, self.request)
        return difference([*remembers(decision), *all_wishes(desk)], self.observation().shown)

    @property
    def done(self) -> int:
        return self.decide().state.done

    @property
    def open_step(self) -> str | None:
        state = self.decide().state.open
        return state.step.key if state else None

    def card(self) -> str:
        return case_card(self.desk())

    def hosting_card(self) -> str:
        desk = self.desk()
        assert desk.decision.hosting is not None
        return hosting_card(desk, desk.decision.hosting)

    # what people do

    def says(self, account: str, text: str, place: Place = ISSUE, *, edited: bool = False) -> str:
        """Write a comment; the id of its first act."""
        self.now += timedelta(minutes=1)
        number = len(self.said) + 1
        self.said.append(
            Said(
                id=number,
                account=account,
                account_id=IDS[account],
                bot=False,
                body=text,
                created_at=self.now,
                edited=edited,
                source=place.kind,
                place=f"{place.kind} {place.iid}",
            )
        )
        return f"{place.kind}/{number}/0"

    def pastes(self, account: str, *, refuse: bool = False, reason: str = "kurang lengkap") -> str:
        """Paste the line that the card shows, and let laik settle."""
        self.settle()
        lines = re.findall(r"^@laik .*$", self.card(), re.MULTILINE)
        wanted = [line for line in lines if line.endswith("<alasan>") == refuse]
        act = self.says(account, wanted[0].replace("<alasan>", reason))
        self.settle()
        return act

    def takes(self, account: str, verb: str, reason: str = "kurang lengkap") -> str:
        """Paste the card's line with this verb, and let laik settle; the id of the act."""
        self.settle()
        (line,) = re.findall(rf"^@laik {verb} .*$", self.card(), re.MULTILINE)
        act = self.says(account, line.replace("<alasan>", reason))
        self.settle()
        return act

    def asks(self, **changes: object) -> None:
        """Open the hosting merge request."""
        facts = HostingFacts(
            project_id=2,
            iid=7,
            head_sha=HEAD,
            path="permohonan/antrean.yaml",
            blob="b" * 40,
            sha=COMMIT,
            barred=frozenset({IDS["tim-dinkes"]}),
            holders=frozenset(),
            gone=frozenset(),
            parent="contoh.go.id",
        )
        self.hosting = replace(facts, **changes)  # type: ignore[arg-type]

    def pastes_hosting(self, account: str, *, refuse: str = "") -> str:
        self.settle()
        line = re.findall(r"^@laik .*$", self.hosting_card(), re.MULTILINE)[0]
        if refuse:
            line = f"{line.replace('setuju', 'tolak')} {refuse}"
        return self.says(account, line, REQUEST)

    def edits(self, act: str, text: str) -> None:
        at = int(act.split("/")[1]) - 1
        self.said[at] = replace(self.said[at], body=text, edited=True)

    def deletes(self, act: str) -> None:
        at = int(act.split("/")[1]) - 1
        self.said[at] = replace(self.said[at], body="")

    def ruling(self, act: str) -> str:
        return next(one.ruling for one in self.memory.acts if one.act == act)

    def answer(self, act: str) -> str:
        return next(text for marker, text in self.answers.items() if f":{act} " in marker)

    # laik at work

    def settle(self) -> int:
        """Rounds until nothing is left to write."""
        for rounds in range(12):
            plan = self.plan()
            if not plan:
                return rounds
            self.carry_out(plan)
        raise AssertionError(f"never settles: {plan}")

    def carry_out(self, plan: Plan) -> None:
        for change in plan:
            self.now += timedelta(seconds=1)
            match change:
                case Remember():
                    self._append(change.kind, change.body)
                case Provision():
                    self._append("linked", {"kind": change.wish.kind, "project": 3})
                    self._append("provisioned", change.entry(3))
                case WriteCard():
                    self.cards[change.place] = (change.comment_id or len(self.cards) + 1, change.body)
                case PostStatus():
                    shown = (change.state, change.description, True)
                    self.statuses[change.project_id, change.sha, change.context] = shown
                case MergeHosting():
                    self._append("merge_intended", change.intent)
                    self.merged[change.iid], self.hosting = "9" * 40, None
                case ProposeFile():
                    self.proposed[change.path] = change.text
                    self.branches.append(change.branch)
                    self._append("inventory", change.known)
                case ServeHosting():
                    if self.read_back:
                        self._append("applied", {"decision": change.decision, "sha": change.sha})
                case _:
                    self._show_on_issue(change)

    def _show_on_issue(self, change: Change) -> None:
        match change:
            case Relabel():
                self.labels = (self.labels | set(change.add)) - set(change.remove)
            case PlaceOnBoard():
                self.placed = (change.lane, change.due)
            case Answer():
                assert change.marker not in self.answers
                self.answers[change.marker] = change.body
            case Remind():
                self.reminders.append(change.body)
                self._append("reminded", change.entry)
            case CloseIssue() | ReopenIssue():
                self.issue_open = isinstance(change, ReopenIssue)

    def _append(self, kind: str, body: Mapping[str, object]) -> None:
        self.entries.append(Entry(kind, len(self.entries) + 1, body, self.now))


GOOD = {
    "naskah": "naskah",
    "surat": "surat",
    "scan": "bersih",
    "code": "kode",
    "hosting": "permohonan",
    "mockup": "mockup",
    "uat_skenario": "skenario",
    "uat_hasil": "hasil",
    "form": "formulir",
}


def small_case(**content: str) -> Case:
    """The small SOP with everything there that it judges."""
    return Case(content={**GOOD, **content})


def ready_for_hosting() -> Case:
    """A small case where only the hosting request is left, and it is open."""
    case = small_case()
    case.pastes("teknis-1")
    case.pastes("teknis-1")
    case.pastes("kepala-diskominfo")
    case.asks()
    case.settle()
    return case


def lombok_case() -> Case:
    """Lombok Tengah with every document there."""
    procedure = lombok_tengah()
    names = {subject for step in procedure.steps for subject in step.judging.subjects}
    return Case(procedure=procedure, content={**GOOD, **dict.fromkeys(names, "isi")})


APPROVERS = {
    "kepala_pd": "kepala-dinkes",
    "kepala_diskominfo": "kepala-diskominfo",
    "tim_teknis_diskominfo": "teknis-1",
}


def walk_to(case: Case, key: str) -> Case:
    """Give every approval until the open step is ``key``."""
    for _ in case.procedure.steps:
        case.settle()
        state = case.decide().state.open
        if state is None or state.step.key == key or state.step.act is None:
            break
        case.pastes(APPROVERS[state.step.act.by[0]])
    assert case.open_step == key, case.open_step
    return case
