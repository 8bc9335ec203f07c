"""figures.py RAW OUT: Google Benchmark's JSON as {"figures":[{"name","value","unit",...}]}."""

import json
import sys


def figures(raw):
    for benchmark in raw["benchmarks"]:
        if benchmark.get("error_occurred"):
            sys.exit(f"{benchmark['name']}: {benchmark.get('error_message', 'failed')}")
        name = benchmark["name"]
        yield {
            "name": name,
            "value": benchmark["real_time"],
            "unit": benchmark["time_unit"],
            "against": None,
            "ratio": None,
        }
        standard = {
            "name",
            "family_index",
            "per_family_instance_index",
            "run_name",
            "run_type",
            "repetitions",
            "repetition_index",
            "threads",
            "iterations",
            "real_time",
            "cpu_time",
            "time_unit",
            "label",
            "aggregate_name",
            "aggregate_unit",
        }
        for key, value in benchmark.items():
            if key not in standard and isinstance(value, (int, float)):
                yield {
                    "name": f"{name} {key}",
                    "value": value,
                    "unit": "",
                    "against": None,
                    "ratio": None,
                }


with open(sys.argv[1], encoding="utf-8") as source:
    result = {"figures": list(figures(json.load(source)))}
with open(sys.argv[2], "w", encoding="utf-8") as target:
    json.dump(result, target, indent=2)
    target.write("\n")
