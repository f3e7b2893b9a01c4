"""Questions and searches in people's own words: the part of the front door for them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kras_graph.answers.reading import Reading
    from kras_graph.answers.resolve import Names
    from kras_graph.answers.searching import Search, Searcher
    from kras_graph.rdf.reader import Reader


class WordedAnswers:
    """Answers to people's own words; `KnowledgeGraph` is one."""

    reader: Reader
    if TYPE_CHECKING:

        @property
        def names(self) -> Names:
            """Index of everything the entities are called."""

    def read(self, question: str) -> Reading:
        """How a question in controlled English is understood.

        Raises:
            QuestionError: when it is not, with the nearest questions that are.
        """
        from kras_graph.answers.ask import read

        return read(question, self.names)

    def find(self, words: str, limit: int = 8) -> Search:
        """Statements that hold most of the words: a full-text search, not an answer.

        Args:
            words: names, words or a question.
            limit: most statements to give.
        """
        return self._searcher.search(words, limit)

    @cached_property
    def _searcher(self) -> Searcher:
        from kras_graph.answers.searching import Searcher
        from kras_graph.answers.wording import Wording

        return Searcher(self.reader, Wording(self.names))
