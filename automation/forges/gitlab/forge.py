"""The GitLab adapter: the themed parts composed to one forge."""

from __future__ import annotations

import threading

from automation.forges.gitlab.inspection import InspectionPart
from automation.forges.gitlab.issues import IssuesPart
from automation.forges.gitlab.merges import MergesPart
from automation.forges.gitlab.projects import ProjectsPart
from automation.forges.gitlab.repositories import RepositoriesPart
from automation.forges.gitlab.session import connect
from automation.forges.gitlab.statuses import StatusesPart


class GitLabForge(ProjectsPart, RepositoriesPart, IssuesPart, MergesPart, StatusesPart, InspectionPart):
    """:class:`automation.forges.base.Forge` on one GitLab with one token.

    Args:
        url: GitLab's address, without ``/api/v4``.
        token: a personal, project or group access token with scope ``api``; never shown.
        ca_file: a file with the certificate authority of an office's own GitLab.
        write_spacing: seconds between two writes; GitLab asks for none.
    """

    git_username = "oauth2"

    def __init__(
        self, url: str, token: str, *, ca_file: str | None = None, write_spacing: float = 0.0
    ) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._client, self._session = connect(self.url, token, ca_file=ca_file, write_spacing=write_spacing)
        self._me = None
        self._bots = {}
        self._pipelines = {}
        self._posting = threading.Lock()

    def git_token(self) -> str:
        """The token for git over HTTP."""
        return self._token

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, counted below the client."""
        return self._session.calls

    @property
    def writes(self) -> int:
        """Of those, the ones that were not GET or HEAD."""
        return self._session.writes

    @property
    def unmodified(self) -> int:
        """Of those, the ones answered 304."""
        return self._session.unmodified

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def __repr__(self) -> str:
        # python-gitlab's own repr is not used anywhere: the client holds the token.
        return f"GitLabForge({self.url!r})"
