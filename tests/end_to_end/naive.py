"""What must be allowed, written a second time: plain loops over plans, and nothing else."""

import datetime

OPERATIONS = ["create", "invoke", "write", "read", "delete", "manage"]
DENIED = {
    "notice": set(),
    "no-new": {"create"},
    "read-only": {"create", "invoke", "write"},
    "suspended": {"create", "invoke", "write", "read", "delete"},
}


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Restrictions:
    """The restrictions of adopted plans, in the order of adoption."""

    def __init__(self):
        self.adopted = []  # (decision, adopted at, plan)

    def adopt(self, decision, at, plan):
        self.adopted.append((decision, moment(at), plan))

    def lift(self, decision):
        self.adopted = [row for row in self.adopted if row[0] != decision]

    def denied_by(self, subscription, service, region, operation, at):
        """The id of the first restriction that denies, or None."""
        for _, adopted, plan in self.adopted:
            for restriction in plan["restrictions"]:
                begin = moment(restriction["from"]) if restriction["from"] else adopted
                end = moment(restriction["until"]) if restriction["until"] else None
                if at < begin or (end is not None and at >= end):
                    continue
                if operation not in DENIED[restriction["stage"]]:
                    continue
                if operation not in restriction.get("operations", OPERATIONS):
                    continue
                for target in restriction["targets"]:
                    if (target["subscription"], target["service"], target["region"]) == (
                        subscription,
                        service,
                        region,
                    ):
                        return restriction["id"]
        return None


def cells(export):
    """Every subscription x service x region x operation of an exported provider."""
    subscriptions = [
        subscription["id"]
        for customer in export["customers"]
        for subscription in customer["subscriptions"]
    ]
    for subscription in subscriptions:
        for service in export["services"]:
            for region in export["regions"]:
                for operation in OPERATIONS:
                    yield subscription, service["id"], region["id"], operation
