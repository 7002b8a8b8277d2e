"""The addresses at which the verdict page's buttons get a report to keep."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002  FastAPI reads the annotations when it runs
from starlette.responses import Response  # noqa: TC002

from registry.core.errors import InputError, LinkUnreachableError
from registry.core.sentence import Sentence
from verifier_web.asked import origin
from verifier_web.body import read_submissions
from verifier_web.errors import RequestFieldError
from verifier_web.languages import language_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier_web.desk import Desk, Judged
    from verifier_web.render import Renderer
    from verifier_web.reporter import Reporter
    from verifier_web.routes import Share


def report_router(desk: Desk, renderer: Renderer, reporter: Reporter, share: Share) -> APIRouter:
    """Return the two forms of the report; what is handed in is judged anew for each."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(share)])

    async def answer(request: Request, make: Callable[[bytes, Judged, str], Response]) -> Response:
        given = await read_submissions(request)
        if len(given) > 1:
            raise RequestFieldError(
                Sentence("A report is about one credential; open one of them, and take its report.")
            )
        (submission,) = given
        try:
            judged = await desk.judge(submission.data, submission.expected)
        except (InputError, LinkUnreachableError) as error:
            return await run_in_threadpool(renderer.not_a_credential, language_of(request), submission, error)
        return await desk.done(partial(make, submission.data, judged, origin(request)), "single")

    @router.post("/report.pdf")
    async def pdf(request: Request) -> Response:
        return await answer(request, reporter.pdf)

    @router.post("/report.json")
    async def json(request: Request) -> Response:
        return await answer(request, reporter.json)

    return router
