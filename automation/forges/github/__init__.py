"""GitHub and GitHub Enterprise Server through PyGithub."""

from __future__ import annotations

from automation.forges.github.auth import AppAuth, TokenAuth
from automation.forges.github.forge import GitHubForge

__all__ = ["AppAuth", "GitHubForge", "TokenAuth"]
