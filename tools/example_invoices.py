#!/usr/bin/env python3
"""example_invoices.py EXAMPLES [WORLD.yaml]: prints examples/invoices.csv.

What the named subscriptions of a world file pay, month by month: the patterns of the world without
their daily noise, in whole cents. The crowd of the background gets no invoices here. Needs PyYAML
(python3-yaml).
"""

import csv
import datetime
import decimal
import pathlib
import sys

import yaml

CENT = decimal.Decimal("0.01")
THOUSANDTH = decimal.Decimal("0.001")


def months(world):
    """The first days of the months of the world, and the day after the last one."""
    year, month = map(int, str(world["first_month"]).split("-"))
    for number in range(world["months"] + 1):
        years, index = divmod(month - 1 + number, 12)
        yield datetime.date(year + years, index + 1, 1)


def pattern(use, day):
    """The size of a use on a day, before weekdays and noise."""
    before = None
    for date, size in use["points"].items():
        size = decimal.Decimal(str(size))
        if date > day:
            if before is None:
                return decimal.Decimal(0)
            passed = decimal.Decimal((day - before[0]).days) / (date - before[0]).days
            low = before[1]
            if use.get("between") == "geometric" and low > 0 and size > 0:
                return low * (size / low) ** passed
            return low + (size - low) * passed
        before = (date, size)
    return before[1]


def quantity(use, meter, week, first, end):
    """What a use amounts to from one day to the day before another."""
    total = decimal.Decimal(0)
    day = first
    while day < end:
        size = pattern(use, day) * week[day.weekday()] / 100
        if meter.get("whole"):
            size = size.to_integral_value(decimal.ROUND_FLOOR)
        total += size * (24 if meter.get("kind") == "level" else 1)
        day += datetime.timedelta(days=1)
    return total.quantize(THOUSANDTH)


def class_of(catalogue, meter):
    """The capability class of a meter, or `other` where the catalogue does not know it."""
    keys = ("service_name", "sku_id", "sku_meter", "unit")
    for service in catalogue["services"]:
        for match in service["meters"]:
            if all(match[key] == meter[key] for key in keys if key in match):
                return service["class"]
    return "other"


def plain(number):
    """A decimal without zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def lines(world, catalogue, customers):
    """The lines of all invoices, by month, customer and subscription."""
    meters = {meter["id"]: meter for meter in world["meters"]}
    weeks = {week["id"]: week["percent"] for week in world["weeks"]}
    actors = {actor["subscription"]: actor["uses"] for actor in world["actors"]}
    days = list(months(world))
    for first, end in zip(days, days[1:]):
        for number, customer in enumerate(customers["customers"], 1):
            invoice = f"EX-{first:%Y%m}-{number:03}"
            for subscription in customer["subscriptions"]:
                for use in actors.get(subscription["id"], []):
                    meter = meters[use["meter"]]
                    used = quantity(use, meter, weeks[use["week"]], first, end)
                    if used == 0:
                        continue
                    amount = (used * decimal.Decimal(str(meter["price"]))).quantize(CENT)
                    name = class_of(catalogue, meter)
                    known = name != "other"
                    yield [
                        invoice,
                        customer["id"],
                        subscription["id"],
                        name,
                        use["region"],
                        f"{first:%Y-%m}",
                        plain(used) if known else "",
                        meter["unit"] if known else "",
                        f"{amount:f}",
                        world["currency"],
                    ]


def main():
    examples = pathlib.Path(sys.argv[1])
    world_file = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else examples / "world.yaml"
    world, catalogue, customers = (
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in (world_file, examples / "catalogue.yaml", examples / "customers.yaml")
    )
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(
        "invoice customer subscription class region month quantity unit amount currency".split()
    )
    out.writerows(lines(world, catalogue, customers))


if __name__ == "__main__":
    main()
