"""No clean-up by scope: finds waits and approvals inside `with` or `try`.

A wait hands the process back by raising through the code around it. Whatever a scope cleans up would be
cleaned up at the wait, and on resuming the cached change is not made again. So no call that waits may stand
inside `with` or `try`: not in a body, a handler, `else` or `finally`, nor in a function defined there.

A function that calls one that waits, waits too. So the check follows calls by name from module to module.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

WAITS = frozenset(
    {
        "approve",
        "await_effect",
        "confirm",
        "hand_back_process",
        "pause_flow_run",
        "suspend_flow_run",
        "wait_until",
        "Pause",  # Prefect's own signal, raised by whoever hands the process back
    }
)
PREFIXES = ("await_", "ask_")
# Ways to call a task or flow other than by its name alone.
CALLED_THROUGH = frozenset({"submit", "map", "delay", "fn", "__call__"})

SCOPES = {
    ast.With: "with",
    ast.AsyncWith: "async with",
    ast.Try: "try",
    ast.TryStar: "try",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Finding:
    file: str
    line: int
    function: str
    call: str
    scope: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.function} calls {self.call}, which waits, inside `{self.scope}`."
            " What the scope cleans up is cleaned up at the wait; borrow and give back in two plain steps."
        )


def waits_inside_scopes(sources: Mapping[str, str]) -> list[Finding]:
    """Every wait inside a scope, in these sources by file name (`flows/ownership_change.py`)."""
    modules = {file: _Module(file, ast.parse(text, file)) for file, text in sources.items()}
    waiting = _functions_that_wait(modules.values())
    findings = (
        Finding(module.file, call.lineno, function, ast.unparse(call.func), scope)
        for module in modules.values()
        for call, function, scope in _calls(module.tree)
        if scope and module.waits(call, waiting)
    )
    return sorted(findings, key=lambda finding: (finding.file, finding.line))


class _Module:
    """One source file, and what the names in it stand for elsewhere."""

    def __init__(self, file: str, tree: ast.Module) -> None:
        self.file = file
        self.tree = tree
        self.name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.functions = [node for node in tree.body if isinstance(node, Function)]
        self.stands_for = {function.name: f"{self.name}.{function.name}" for function in self.functions}
        for node in ast.walk(tree):
            self.stands_for.update(_imported(node))

    def waits(self, call: ast.Call, waiting: set[str]) -> bool:
        return any(
            name.rpartition(".")[2] in WAITS or name.rpartition(".")[2].startswith(PREFIXES) or name in waiting
            for name in self._called(call.func)
        )

    def _called(self, func: ast.expr) -> Iterator[str]:
        """What is called: `await_effect(…)`, `waits.await_effect(…)`, `await_effect.submit(…)`."""
        if isinstance(func, ast.Call):  # await_effect.with_options(…)(…)
            if isinstance(func.func, ast.Attribute) and func.func.attr == "with_options":
                yield from self._called(func.func.value)
        elif isinstance(func, ast.Name):
            yield func.id
            yield self.stands_for.get(func.id, func.id)
        elif isinstance(func, ast.Attribute):
            head, dot, rest = ast.unparse(func).partition(".")
            yield self.stands_for.get(head, head) + dot + rest
            if func.attr in CALLED_THROUGH:
                yield from self._called(func.value)


def _imported(node: ast.AST) -> dict[str, str]:
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    if isinstance(node, ast.Import):
        return {alias.asname: alias.name for alias in node.names if alias.asname}
    return {}


def _functions_that_wait(modules: Iterable[_Module]) -> set[str]:
    """The full names of functions that call a wait, or call one that does, however far down."""
    functions = [(module, function) for module in modules for function in module.functions]
    waiting: set[str] = set()
    while True:
        more = {
            f"{module.name}.{function.name}"
            for module, function in functions
            if any(module.waits(call, waiting) for call, _, _ in _calls(function))
        }
        if more == waiting:
            return waiting
        waiting = more


def _calls(node: ast.AST, function: str = "<module>", scope: str = "") -> Iterator[tuple[ast.Call, str, str]]:
    """Every call with the function and the innermost scope around it, if there is one."""
    if isinstance(node, ast.Call):
        yield node, function, scope
    if isinstance(node, Function):
        function = node.name
    scope = SCOPES.get(type(node), scope)
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, function, scope)
