"""What a benchmark says: on the terminal, and kept in bench/results/."""

import pathlib
import time

RESULTS = pathlib.Path(__file__).parent / "results"


class Report:
    def __init__(self, name):
        RESULTS.mkdir(exist_ok=True)
        when = time.strftime("%Y%m%d-%H%M%S")
        self.file = open(RESULTS / f"{name}-{when}.txt", "w")

    def say(self, text):
        print(text, flush=True)
        print(text, file=self.file, flush=True)
