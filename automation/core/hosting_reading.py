"""Reading a hosting request file: strict YAML, then its shape, then its values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from automation.core.documents import YamlDocument
from automation.core.errors import InvalidRequest, Where
from automation.core.hosting_request import MAX_BYTES, HostingRequest
from automation.core.hosting_rules import Fault, HostingRules, Shape, faults_of
from automation.core.policy import Policy
from automation.core.text import Bilingual
from automation.core.yamltext import load_mapping, load_model


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What reading gave: ``request`` is None exactly when there are faults."""

    request: HostingRequest | None
    faults: tuple[Fault, ...]
    document: YamlDocument

    def where(self, fault: Fault) -> Where:
        """The place of a fault."""
        line, column = self.document.mark(fault.field)
        return Where(file=self.document.path, line=line, column=column)


def read_request(text: bytes, path: str, *, policy: Policy | HostingRules) -> HostingRequest:
    """A request file as a :class:`HostingRequest`.

    Args:
        text: the file's bytes, UTF-8, at most 64 KiB.
        path: its path in the hosting project; the file name must be the name asked for.
        policy: what names, parents, upstreams and agencies there are.

    Raises:
        UnreadableDocument: no strict YAML mapping (syntax, duplicate keys, anchors, size).
        InvalidRequest: a missing, unknown or wrong field; every fault is in the message, the place is
            that of the first.
    """
    read = examine_request(text, path, policy=policy)
    if read.request is not None:
        return read.request
    raise InvalidRequest(
        Bilingual(
            " ".join(fault.message.id for fault in read.faults),
            " ".join(fault.message.en for fault in read.faults),
        ),
        remedy=read.faults[0].remedy,
        where=read.where(read.faults[0]),
    )


def read_admitted(text: bytes, path: str, *, policy: Policy | HostingRules) -> HostingRequest:
    """An already admitted file, as :func:`read_request`, but whoever owns it.

    The owner was judged at admission. Agencies merge and are renamed; one that left the policy since must
    not take its sites down.

    Raises:
        UnreadableDocument: as ``read_request``.
        InvalidRequest: likewise.
    """
    rules = HostingRules.of(policy)
    document = load_mapping(text, path=path, max_bytes=MAX_BYTES)
    owner = str(document.data.get("pemilik"))
    return read_request(text, path, policy=replace(rules, perangkat_daerah=(*rules.perangkat_daerah, owner)))


def examine_request(text: bytes, path: str, *, policy: Policy | HostingRules) -> ReadRequest:
    """As :func:`read_request`, but with all faults of value as data; raises only for shape."""
    document = load_mapping(text, path=path, max_bytes=MAX_BYTES)
    shape = load_model(document, Shape, InvalidRequest)
    faults = tuple(faults_of(shape, path, HostingRules.of(policy)))
    request = None if faults else HostingRequest.model_validate(document.data)
    return ReadRequest(request=request, faults=faults, document=document)
