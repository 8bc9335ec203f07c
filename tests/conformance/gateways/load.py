"""Many clients at once, while something happens to the decision point behind their gateway."""

import random
import threading

from provider import wait_until


class Load:
    """Each answer has to be that of a table which may have been in force at that moment.

    `ask_on(order, stopped, answers)` asks, as the random `order` has it, until it is stopped, and
    adds (what, status, sent, received) each time; `expected(what, table)` is the status of `what`
    by the table of that number.
    """

    def __init__(self, checks, world, ask_on, expected, threads=4):
        self.checks = checks
        self.world = world
        self.ask_on = ask_on
        self.expected = expected
        self.threads = threads

    def run(self, during, least=100, trouble=()):
        """Asks while `during` runs, and until there are `least` answers; a status of `trouble` is
        right at any time. How many answers there were."""
        stopped, answers = threading.Event(), []
        threads = [
            threading.Thread(target=self.ask_on, args=(random.Random(i), stopped, answers))
            for i in range(self.threads)
        ]
        for thread in threads:
            thread.start()
        try:
            during()
            wait_until(lambda: len(answers) >= least, 30)
        finally:
            stopped.set()
            for thread in threads:
                thread.join()
        wrong = []
        for what, status, sent, received in answers:
            tables = self.world.may_have_answered(sent, received)
            expected = {self.expected(what, table) for table in tables} | set(trouble)
            if status not in expected:
                wrong.append((what, status, tables))
        self.checks.check(not wrong, f"{len(wrong)} of {len(answers)} wrong: {wrong[:3]}")
        self.checks.check(len(answers) >= least, f"only {len(answers)} answers under load")
        served = any(status not in trouble for _, status, _, _ in answers)
        self.checks.check(served, f"nothing but {trouble} was answered")
        return len(answers)
