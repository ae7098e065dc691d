"""Route: GraphQL. What is there to ask: repositories, their owners, issues, and boards (Projects v2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automation.localforge.githubdialect import graphqlboards, graphqlchanges
from automation.localforge.githubdialect.call import Call, Reply, Route, refused
from automation.localforge.githubdialect.graphqlrun import Thing, run


def _answer(call: Call) -> Any:
    """POST /graphql: always status 200, whatever errors there are."""
    call.actor  # noqa: B018 - 401 for nobody
    document, variables = call.text("query"), call.body.get("variables") or {}
    if not document or not isinstance(variables, Mapping):
        raise refused(400, "A query attribute must be specified and must be a string.")
    nodes = graphqlboards.Nodes(call)
    roots = {
        "query": Thing("Query", nodes.queries()),
        "mutation": Thing("Mutation", graphqlchanges.mutations(nodes)),
    }
    return Reply(200, run(document, variables, roots))


ROUTES: tuple[Route, ...] = (Route("POST", "/graphql", _answer),)
