"""Descriptions of a book refined: asked for, or taken from the cache, judged, and counted."""

from __future__ import annotations

import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from extractors.records import BookResult, Pair, Refinement, Refusal
from extractors.refine.answers import AnswerCache
from extractors.refine.endpoint import Endpoint, EndpointError, question
from extractors.refine.guard import Reason, judge
from extractors.settings import RefineSettings

GIVE_UP_AFTER = 3
"""Texts in a row without an answer, each asked for several times: then the service is down."""
NOT_ASKED = "not-asked"
"""Why a text has no answer when the service had been given up before its turn."""
ANSWERS = ".refined"
"""Folder for the answers beside those of the books, where there is no workspace."""

Progress = Callable[[int, int], None]


@contextmanager
def open_refiner(settings: RefineSettings, cache: Path) -> Iterator[Refiner | None]:
    """The refiner that `settings` ask for, None where they ask for none.

    Answers are kept in `settings.cache_dir`, else in the folder `cache`. Raises UsageError for settings that
    name no service.
    """
    if not settings.enabled:
        yield None
        return
    kept = AnswerCache(settings.cache_dir or cache, partial(question, settings.model))
    with Endpoint(settings) as endpoint:
        yield Refiner(endpoint, kept, settings)


@dataclass(frozen=True, slots=True)
class _Answers:
    """What is known of the texts of one book."""

    given: dict[str, str | None]
    """Text -> answer; None for an answer without text."""
    failed: dict[str, str]
    """Text -> why there is no answer."""
    cached: int


class Refiner:
    """One service for all books of a run: what it learns of the service, that it is down, holds for all."""

    def __init__(self, endpoint: Endpoint, cache: AnswerCache, settings: RefineSettings) -> None:
        self._endpoint = endpoint
        self._cache = cache
        self._settings = settings
        self._lock = threading.Lock()
        self._silent_in_a_row = 0
        self._failed: Counter[str] = Counter()

    def refine(self, result: BookResult, *, progress: Progress | None = None) -> BookResult:
        """`result` with each description that has an acceptable better version replaced by it.

        The description as read stays in `description_raw`. A text without an answer, or with one the guard
        refuses, stays as it is. `progress(done, total)` counts the texts asked for. Never fails for the
        service's sake; raises OSError when the cache cannot be written.
        """
        from_ocr: dict[str, bool] = {}
        for pair in result.pairs:
            if pair.description:
                # A text that stands in a text layer too is known to be right.
                only_read = from_ocr.get(pair.description, True)
                from_ocr[pair.description] = only_read and pair.text_source == "ocr"
        answers = self._answers(list(from_ocr), progress)
        reasons = {
            text: judge(text, answer, from_ocr=from_ocr[text], max_distance=self._settings.max_distance)
            for text, answer in answers.given.items()
        }
        better = {text: answers.given[text] for text, reason in reasons.items() if reason is None}
        refusals = (
            Refusal(pair.pair_id, pair.description, answers.given[pair.description], reason)
            for pair in result.pairs
            if (reason := reasons.get(pair.description))
        )
        return replace(
            result,
            pairs=tuple(
                _with_description(pair, better.get(pair.description.strip())) for pair in result.pairs
            ),
            refined=_counted(answers, reasons),
            refusals=tuple(refusals),
        )

    def warning(self) -> str | None:
        """One sentence when texts of this run stayed without an answer; None when all were answered."""
        if not self._failed:
            return None
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(self._failed.items()))
        return (
            f"refine: texts without an answer from {self._endpoint.name}: {self._failed.total()} "
            f"({reasons}); they stay as they were read, and the next run asks again"
        )

    def _answers(self, texts: Sequence[str], progress: Progress | None) -> _Answers:
        given: dict[str, str | None] = {}
        for text in texts:
            found, answer = self._cache.find(text)
            if found:
                given[text] = _composed(answer)
        cached = len(given)
        failed: dict[str, str] = {}
        waiting = [text for text in texts if text not in given]
        with ThreadPoolExecutor(max_workers=self._settings.concurrency) as pool:
            outcomes = zip(waiting, pool.map(self._ask, waiting), strict=True)
            for done, (text, outcome) in enumerate(outcomes, start=1):
                if isinstance(outcome, EndpointError):
                    failed[text] = outcome.reason
                else:
                    given[text] = _composed(outcome)
                if progress is not None:
                    progress(done, len(waiting))
        self._failed.update(failed.values())
        return _Answers(given, failed, cached)

    def _ask(self, text: str) -> str | EndpointError | None:
        """The answer, kept, or why there is none. A service that was silent too often is left alone."""
        if self._silent_in_a_row >= GIVE_UP_AFTER:
            return EndpointError(NOT_ASKED)
        try:
            answer = self._endpoint.ask(text)
        except EndpointError as error:
            with self._lock:
                self._silent_in_a_row += 1
            return error
        with self._lock:
            # Once given up, for good: an answer still under way does not begin it anew.
            if self._silent_in_a_row < GIVE_UP_AFTER:
                self._silent_in_a_row = 0
        self._cache.keep(text, answer)
        return answer


def _composed(answer: str | None) -> str | None:
    return None if answer is None else unicodedata.normalize("NFC", answer)


def _with_description(pair: Pair, better: str | None) -> Pair:
    if better is None or better == pair.description:
        return pair
    return replace(pair, description=better, description_source="refined", description_raw=pair.description)


def _counted(answers: _Answers, reasons: dict[str, Reason | None]) -> Refinement:
    accepted = [text for text, reason in reasons.items() if reason is None]
    changed = sum(answers.given[text] != text for text in accepted)
    failed = Counter(answers.failed.values())
    return Refinement(
        asked=len(answers.given) - answers.cached + failed.total() - failed[NOT_ASKED],
        cached=answers.cached,
        changed=changed,
        unchanged=len(accepted) - changed,
        refused=dict(sorted(Counter(reason for reason in reasons.values() if reason).items())),
        failed=dict(sorted(failed.items())),
    )
