"""The GitHub adapter: the themed parts composed to one forge."""

from __future__ import annotations

from automation.forges.github.auth import AppAuth, TokenAuth, credentials_for
from automation.forges.github.hooks import HooksPart
from automation.forges.github.inspection import InspectionPart
from automation.forges.github.issues import IssuesPart
from automation.forges.github.merges import MergesPart
from automation.forges.github.projects import ProjectsPart
from automation.forges.github.protections import ProtectionsPart
from automation.forges.github.repositories import RepositoriesPart
from automation.forges.github.session import api_address, connect
from automation.forges.github.statuses import StatusesPart
from automation.forges.wire import Wire


class GitHubForge(
    ProjectsPart,
    RepositoriesPart,
    ProtectionsPart,
    IssuesPart,
    HooksPart,
    MergesPart,
    StatusesPart,
    InspectionPart,
):
    """:class:`automation.forges.base.Forge` on one GitHub with one token or App.

    Args:
        url: the address people use: ``https://github.com``, or the office's GitHub Enterprise Server.
        auth: how laik signs in.
        ca_file: a file with the certificate authority of an office's own server.
        write_spacing: seconds between two writes; GitHub asks for at least one.
    """

    git_username = "x-access-token"

    def __init__(
        self,
        url: str,
        auth: TokenAuth | AppAuth,
        *,
        ca_file: str | None = None,
        write_spacing: float = 1.0,
    ) -> None:
        self.url = url.rstrip("/")
        api = api_address(self.url)
        self._wire = Wire(write_spacing=write_spacing)
        self._credentials = credentials_for(auth, api, self._wire, verify=ca_file or True)
        self._client = connect(api, self._credentials, self._wire, ca_file=ca_file)
        self._ca_file = ca_file
        self._me = None
        self._authors = {}
        self._looked = {}
        self._nodes = {}
        self._edits = {}

    def git_token(self) -> str:
        """The token for git over HTTP, fresh; never logged or shown."""
        return self._credentials.token

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, counted below the client."""
        return self._wire.calls

    @property
    def writes(self) -> int:
        """Of those, the ones that change something."""
        return self._wire.writes

    @property
    def unmodified(self) -> int:
        """Of those, the ones answered 304; GitHub does not count them against the limit."""
        return self._wire.unmodified

    def close(self) -> None:
        """Close the kept connections."""
        self._wire.close()

    def __repr__(self) -> str:
        return f"GitHubForge({self.url!r})"
