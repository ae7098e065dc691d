"""The GitLab adapter: the themed parts composed to one forge."""

from __future__ import annotations

from automation.forges.gitlab.issues import IssuesPart
from automation.forges.gitlab.merges import MergesPart
from automation.forges.gitlab.projects import ProjectsPart
from automation.forges.gitlab.repositories import RepositoriesPart
from automation.forges.gitlab.session import connect


class GitLabForge(ProjectsPart, RepositoriesPart, IssuesPart, MergesPart):
    """:class:`automation.forges.base.Forge` on one GitLab with one token.

    Args:
        url: GitLab's address, without ``/api/v4``.
        token: a personal, project or group access token with scope ``api``; never shown.
        ca_file: a file with the certificate authority of an office's own GitLab.
    """

    def __init__(self, url: str, token: str, *, ca_file: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._client, self._session = connect(self.url, token, ca_file=ca_file)
        self._me = None
        self._bots = {}
        self._pipelines = {}

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, counted below the client."""
        return self._session.calls

    @property
    def writes(self) -> int:
        """Of those, the ones that were not GET or HEAD."""
        return self._session.writes

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def __repr__(self) -> str:
        # python-gitlab's own repr is not used anywhere: the client holds the token.
        return f"GitLabForge({self.url!r})"
