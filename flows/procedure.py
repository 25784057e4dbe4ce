"""What makes a function a procedure: a Prefect flow under its own name, whose failure gives back what was borrowed."""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from inspect import getdoc
from typing import Any, TypeVar, get_type_hints

from prefect import Flow
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.runtime import flow_run
from prefect.utilities.callables import parameter_schema

from flows.form import form_of
from models.errors import InvalidInput
from models.failures import failure_of
from models.report import Report
from models.run_name import run_name
from tasks.failing import failed_with, log_plainly
from tasks.hooks import fail_what_this_process_carries, give_back_hook
from tasks.request import Request
from tasks.step import without_server

R = TypeVar("R", bound=Request)
Ended = State[dict[str, Any]]


class Procedure(Flow[..., Ended]):
    """A flow whose parameters are the fields of `request`.

    It takes them as they are where one does not fit, and its function then says which, and why: Prefect would name the
    classes that it checked them with, and log all values.
    """

    request: type[Request]

    def plan_without_server(self, parameters: dict[str, Any]) -> Report:
        """The report of a dry run that Prefect's server learns nothing of. Raises what ends it early."""
        try:
            with without_server():
                return Report.model_validate(self.fn(**parameters).data)
        except Exception as error:
            fail_what_this_process_carries(failure_of(error).sentence)
            raise

    def validate_parameters(self, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            self.request.fitting(parameters)
        except InvalidInput:
            return parameters
        return super().validate_parameters(parameters)


def procedure(function: Callable[[R], Ended]) -> Procedure:
    """Make a function the flow of its request's procedure, which is also the name of its deployment and command."""
    log_plainly()
    [request] = (kind for name, kind in get_type_hints(function).items() if name != "return")
    made = Procedure(
        _called_with_parameters(function, request),
        name=request.procedure,
        description=getdoc(request),
        persist_result=True,
        flow_run_name=partial(name_of_this_run, otherwise=request.without_subject),
        on_failure=[give_back_hook],
        on_crashed=[give_back_hook],
        on_cancellation=[give_back_hook],
    )
    made.request = request
    # Prefect makes the form from the flow's signature and calls the function by the function's own.
    made.__signature__ = form_of(request.signature())  # type: ignore[attr-defined]  # inspect looks for it
    made.parameters = parameter_schema(made)
    return made


def _called_with_parameters(function: Callable[[R], Ended], request: type[R]) -> Callable[..., Ended]:
    """The function as Prefect calls it, by parameters; its errors become the state that it ends with. (What pauses a
    run is no Exception.)"""
    signature = request.signature()

    @wraps(function)
    def called(*args: Any, **given: Any) -> Any:
        try:
            return function(request.read(signature.bind(*args, **given).arguments))  # Prefect gives some by place
        except Exception as error:
            if FlowRunContext.get() is None:  # called as a plain function: there is no run to fail
                raise
            return failed_with(error)

    called.__signature__ = signature  # type: ignore[attr-defined]  # inspect looks for it
    called.__annotations__ = {name: parameter.annotation for name, parameter in signature.parameters.items()}
    return called


def name_of_this_run(otherwise: str) -> str:
    """The name of the run that is under way."""
    given: Mapping[str, Any] = flow_run.parameters or {}
    return run_name((flow_run.flow_name or "").strip(), given, otherwise)
