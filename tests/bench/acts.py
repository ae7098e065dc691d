"""An act: its cost in replay beside one task of a workflow engine, and replay against the number of acts."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import EndEvent, StartEvent, UserTask
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from automation.core.case import replay
from automation.core.memory import Memory, RuledAct
from tests.bench.timing import Measure, against, medians
from tests.core.cases import Case, lombok_case, walk_to

NUMBERS = (10, 100, 1_000)
TASKS = 15  # as many as the SOP of the case has steps
ROUNDS = 21


def process(tasks: int) -> BpmnProcessSpec:
    """A straight process of so many human tasks."""
    spec = BpmnProcessSpec(name="urutan", description="urutan")
    before: Any = StartEvent(spec, "mulai", NoneEventDefinition())
    spec.start.connect(before)
    for number in range(tasks):
        task = UserTask(spec, f"langkah-{number}")
        before.connect(task)
        before = task
    before.connect(EndEvent(spec, "selesai", NoneEventDefinition()))
    return spec


def complete_all(flow: BpmnWorkflow) -> None:
    """The peer: every task of a process completed, one after the other."""
    flow.do_engine_steps()
    for _ in range(TASKS):
        flow.get_next_task(state=TaskState.READY, manual=True).run()
        flow.do_engine_steps()


def with_acts(case: Case, number: int) -> Memory:
    """The memory of a case in which so many acts were ruled on: notes, refusals and approvals of the past."""
    memory = case.memory
    kept = memory.acts[-1]
    more = tuple(_past(kept, at) for at in range(number - len(memory.acts)))
    return replace(memory, acts=(*more, *memory.acts))


def _past(act: RuledAct, at: int) -> RuledAct:
    ruling = ("void", "refused", "approved")[at % 3]
    subjects, digest = {"kak": str(at)}, f"{at:064x}"
    return replace(act, act=f"issue/{1000 + at}/0", ruling=ruling, digest=digest, subjects=subjects)


def acts() -> Iterator[Measure]:
    """Replay of a case of 10, 100 and 1,000 acts; the cost of one act beside one task of SpiffWorkflow."""
    logging.disable(logging.CRITICAL)
    case = walk_to(lombok_case(), "uji-keamanan")
    view, checks, today = case.view(), case.checks, case.now.date()
    seconds: dict[int, float] = {}
    for number in NUMBERS:
        memory = with_acts(case, number)
        runs = max(1, 200 // number)

        def run(memory: Memory = memory, runs: int = runs) -> None:
            for _ in range(runs):
                replay(case.procedure, view, memory, checks, today)

        seconds[number] = medians(7, run=run)["run"] / runs
        yield Measure(f"replay_of_{number}_acts", seconds[number] * 1000, "ms")
    one = (seconds[NUMBERS[-1]] - seconds[NUMBERS[0]]) / (NUMBERS[-1] - NUMBERS[0])
    spec = process(TASKS)
    flows = iter([BpmnWorkflow(spec) for _ in range(ROUNDS)])  # made before, and not counted
    peer = medians(ROUNDS, peer=lambda: complete_all(next(flows)))["peer"] / TASKS
    yield against("replay_one_act", one, "SpiffWorkflow, one task completed", peer)
    logging.disable(logging.NOTSET)
