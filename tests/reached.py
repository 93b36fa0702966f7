"""What the tests reached, as pytest-cov tells it and where it does: for `.ci/checks`, by `-p tests.reached`.

pytest-cov works it out twice (7.1.0: first for a total that nobody asked for), when all else has ended.
"""

from io import StringIO

import pytest
from coverage import Coverage
from coverage.exceptions import CoverageException


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    table = StringIO()
    try:
        kept = Coverage()
        kept.load()
        kept.report(file=table, ignore_errors=True)
    except CoverageException as error:
        table.write(f"{error}\n")
    terminalreporter.section("tests coverage")
    terminalreporter.write(table.getvalue())
