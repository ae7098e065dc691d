"""Project templates as plain values: the manifest ``template.yml``, the files, and checked answers.

A template is reviewed by the office; the *answers* come from requests and are hostile. They are plain
data with a declared kind and pattern, and are never rendered themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal
from unicodedata import category

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from automation.core.errors import InvalidRequest, RenderFailed, Where
from automation.core.procedure import Key, Text, Words
from automation.core.text import Bilingual
from automation.core.yamltext import load_mapping, load_model

MANIFEST = "template.yml"
FORMAT = "laik/templat/1"
OTHERWISE = "lain"
MAX_LINE = 300  # characters of a "teks" answer
MAX_PARAGRAPHS = 20_000  # characters of a "teks_panjang" answer
MAX_ITEMS = 500  # entries of a "daftar" answer
MAX_ITEM = 2_000  # characters of one entry

_NO_CHARACTERS = "\ufffe\uffff"  # YAML readers stop at them
_JOINERS = "\u200c\u200d"  # they shape letters and emoji, and hide nothing

Variable = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Glob = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@+*{} /|-]+$", max_length=200)]
Answer = str | bool | int | tuple[str, ...]
Kind = Literal["teks", "teks_panjang", "daftar", "ya_tidak", "bilangan"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TemplateVariable(_Strict):
    """One question of a template.

    ``pola`` is a regular expression that the whole value (each entry of a ``daftar``) must match;
    ``bawaan`` is the value where nothing was answered; ``contoh`` is an example, for ``--example`` and tests.
    """

    nama: Variable
    jenis: Kind = "teks"
    wajib: bool = False
    pola: str | None = None
    bawaan: str | bool | int | tuple[str, ...] | None = None
    contoh: str | bool | int | tuple[str, ...] | None = None
    keterangan: Text

    @field_validator("pola")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as failure:
                raise ValueError(f"pola: {failure}") from None
        return value

    @model_validator(mode="after")
    def _answerable(self) -> TemplateVariable:
        if not self.wajib and self.bawaan is None:
            raise ValueError(f"variabel '{self.nama}': isi 'bawaan' atau jadikan 'wajib'")
        return self


class Ownership(_Strict):
    """Globs over the *result's* paths: ``managed`` belongs to the office, ``seed`` is written once."""

    managed: tuple[Glob, ...] = ()
    seed: tuple[Glob, ...] = ()


class TemplateManifest(_Strict):
    """The whole of ``template.yml``. ``dasar`` names a template whose files lie underneath.

    ``bila`` maps a variable to what each of its values alone brings: files that match a glob there are made
    when the answer is that value, and for no other answer. The value ``lain`` stands for every answer that
    is not named (an organisation's own SOP).
    """

    format: Literal["laik/templat/1"]
    id: Key
    nama: Words
    versi: Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d+$")]
    dasar: Key | None = None
    variabel: tuple[TemplateVariable, ...] = ()
    berkas: Ownership = Field(default_factory=Ownership)
    executable: tuple[Glob, ...] = ()
    bila: Mapping[Variable, Mapping[Text, tuple[Glob, ...]]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _conditions_are_answerable(self) -> TemplateManifest:
        unknown = sorted(set(self.bila) - {variable.nama for variable in self.variabel})
        if unknown:
            raise ValueError(f"bila: variabel tidak dikenal: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def _no_double_variable(self) -> TemplateManifest:
        names = [variable.nama for variable in self.variabel]
        double = sorted({name for name in names if names.count(name) > 1})
        if double:
            raise ValueError(f"variabel ditulis dua kali: {', '.join(double)}")
        return self

    def examples(self) -> dict[str, Answer]:
        """Answers made of each variable's ``contoh``, else of its ``bawaan``."""
        given = {one.nama: one.contoh if one.contoh is not None else one.bawaan for one in self.variabel}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """A template as plain values; ``files`` are its raw files by path, without the manifest.

    A path ending in ``.jinja`` is rendered and loses that ending; other files are copied as they are.
    Every path may hold Jinja.
    """

    id: str
    manifest: TemplateManifest
    files: Mapping[str, bytes] = field(default_factory=dict)


def load_manifest(text: str | bytes, *, path: str = MANIFEST) -> TemplateManifest:
    """``template.yml`` as a :class:`TemplateManifest`.

    Raises:
        UnreadableDocument: broken YAML.
        RenderFailed: the schema is broken.
    """
    return load_model(load_mapping(text, path=path), TemplateManifest, RenderFailed)


def source_of(template_id: str, files: Mapping[str, bytes]) -> TemplateSource:
    """A template from its folder's files by path, the manifest among them.

    Raises:
        RenderFailed: there is no manifest, it is broken, or it names another template.
        UnreadableDocument: the manifest is broken YAML.
    """
    place = f"{template_id}/{MANIFEST}"
    if MANIFEST not in files:
        raise _bad_manifest(place, f"tidak ada {MANIFEST}", f"there is no {MANIFEST}")
    manifest = load_manifest(files[MANIFEST], path=place)
    if manifest.id != template_id:
        raise _bad_manifest(
            place,
            f"id '{manifest.id}' berbeda dari nama foldernya",
            f"the id '{manifest.id}' is not its folder's name",
        )
    rest = {path: content for path, content in files.items() if path != MANIFEST}
    return TemplateSource(id=template_id, manifest=manifest, files=rest)


def with_bases(sources: Mapping[str, TemplateSource]) -> dict[str, TemplateSource]:
    """Every template laid over the one it names as ``dasar``; a base has no base of its own.

    Raises:
        RenderFailed: the base does not exist or has one itself.
    """
    whole: dict[str, TemplateSource] = {}
    for template_id, source in sorted(sources.items()):
        wanted = source.manifest.dasar
        base = sources.get(wanted) if wanted else None
        if wanted and (base is None or base.manifest.dasar):
            raise _bad_manifest(
                f"{template_id}/{MANIFEST}",
                f"dasar '{wanted}' tidak ada atau punya dasar sendiri",
                f"the base '{wanted}' does not exist or has a base itself",
            )
        whole[template_id] = overlay(base, source) if base else source
    return whole


def _bad_manifest(place: str, indonesian: str, english: str) -> RenderFailed:
    return RenderFailed(
        Bilingual(f"Templat: {indonesian}.", f"Template: {english}."),
        remedy=Bilingual("Perbaiki manifesnya.", "Mend the manifest."),
        where=Where(file=place),
    )


def overlay(base: TemplateSource, above: TemplateSource) -> TemplateSource:
    """``above`` laid over ``base``: its files, variables and globs come on top, its identity stays."""
    own = above.manifest
    named = {variable.nama: variable for variable in (*base.manifest.variabel, *own.variabel)}
    manifest = own.model_copy(
        update={
            "variabel": tuple(named.values()),
            "berkas": Ownership(
                managed=_joined(base.manifest.berkas.managed, own.berkas.managed),
                seed=_joined(base.manifest.berkas.seed, own.berkas.seed),
            ),
            "executable": _joined(base.manifest.executable, own.executable),
            "bila": {**base.manifest.bila, **own.bila},
        }
    )
    return TemplateSource(id=above.id, manifest=manifest, files={**base.files, **above.files})


def with_default(source: TemplateSource, name: str, value: str) -> TemplateSource:
    """``source`` with another ``bawaan`` for one variable; as it is where it has no such variable."""
    variables = tuple(
        one.model_copy(update={"bawaan": value, "wajib": False}) if one.nama == name else one
        for one in source.manifest.variabel
    )
    return replace(source, manifest=source.manifest.model_copy(update={"variabel": variables}))


def _joined(below: tuple[str, ...], above: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*below, *above)))


def check_answers(manifest: TemplateManifest, answers: Mapping[str, object]) -> dict[str, Answer]:
    """The answers a rendering uses: every variable has a value of its kind, and nothing else is there.

    Raises:
        InvalidRequest: naming every answer that is missing, unknown or wrong.
    """
    declared = {variable.nama: variable for variable in manifest.variabel}
    problems = [_unknown(manifest, name) for name in sorted(set(map(str, answers)) - set(declared))]
    checked: dict[str, Answer] = {}
    for name, variable in declared.items():
        value = answers.get(name)
        given = variable.bawaan if value is None or value == "" else value
        if given is None:
            problems.append(_missing(variable))
            continue
        try:
            checked[name] = _typed(variable, given)
        except ValueError as fault:
            problems.append(_wrong(name, fault))
    if problems:
        raise InvalidRequest(
            Bilingual(" ".join(one.id for one in problems), " ".join(one.en for one in problems)),
            remedy=Bilingual(
                f"Perbaiki jawaban yang disebut untuk templat '{manifest.id}'.",
                f"Mend the answers named for the template '{manifest.id}'.",
            ),
            where=Where(file=f"{manifest.id}/{MANIFEST}"),
        )
    return checked


def _unknown(manifest: TemplateManifest, name: str) -> Bilingual:
    known = ", ".join(variable.nama for variable in manifest.variabel) or "-"
    return Bilingual(
        f"Jawaban '{name[:60]}' tidak dikenal (yang ada: {known}).",
        f"The answer '{name[:60]}' is unknown (there are: {known}).",
    )


def _missing(variable: TemplateVariable) -> Bilingual:
    return Bilingual(
        f"Jawaban '{variable.nama}' belum diisi ({variable.keterangan}).",
        f"The answer '{variable.nama}' is missing ({variable.keterangan}).",
    )


def _wrong(name: str, fault: ValueError) -> Bilingual:
    indonesian, english = fault.args
    return Bilingual(f"Jawaban '{name}': {indonesian}.", f"The answer '{name}': {english}.")


def _typed(variable: TemplateVariable, value: object) -> Answer:
    if variable.jenis == "ya_tidak":
        if not isinstance(value, bool):
            raise ValueError("harus true atau false", "must be true or false")
        return value
    if variable.jenis == "bilangan":
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 10**12:
            raise ValueError("harus bilangan bulat", "must be a whole number")
        return value
    if variable.jenis == "daftar":
        if not isinstance(value, list | tuple) or len(value) > MAX_ITEMS:
            raise ValueError(
                f"harus daftar, paling banyak {MAX_ITEMS} butir", f"must be a list of at most {MAX_ITEMS}"
            )
        return tuple(_plain_text(variable, one, MAX_ITEM) for one in value)
    return _plain_text(variable, value, MAX_LINE if variable.jenis == "teks" else MAX_PARAGRAPHS)


def _plain_text(variable: TemplateVariable, value: object, longest: int) -> str:
    """Text that stays where it is put.

    A line break in a one-line answer would start a new YAML key, CODEOWNERS rule or Dockerfile
    instruction, so it is refused. Invisible formatting characters come with text pasted from a word
    processor and are dropped: a bidirectional override would show reviewers another text than the one
    that runs.
    """
    if not isinstance(value, str):
        raise ValueError("harus teks", "must be text")
    text = "".join(ch for ch in value.replace("\r\n", "\n") if ch in _JOINERS or category(ch) != "Cf")
    if len(text) > longest:
        raise ValueError(f"lebih dari {longest} karakter", f"longer than {longest} characters")
    allowed = {"\n", "\t"} if variable.jenis == "teks_panjang" else set()
    for character in text:
        refused = category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _NO_CHARACTERS
        if refused and character not in allowed:
            code = f"U+{ord(character):04X}"
            raise ValueError(f"memuat karakter kendali {code}", f"holds the control character {code}")
    if variable.pola is not None and re.fullmatch(variable.pola, text) is None:
        raise ValueError(f"tidak sesuai pola {variable.pola}", f"does not match {variable.pola}")
    return text
