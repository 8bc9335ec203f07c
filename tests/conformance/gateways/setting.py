"""What the scripts of the gateways have in common: a provider, a decision point, a service."""

import re

from backend import Backend
from guide import Guide, put
from matrix import Matrix
from point import Point
from provider import Checks, Failure, arguments
from world import World

# The addresses that the guides invent.
POINT, SERVICE, GATEWAY = "127.0.0.1:8181", "127.0.0.1:9000", "127.0.0.1:8080"


def listeners_of(guide):
    """The lines below each `address` of the guide's YAML, as serve.yaml has them; the first is of
    the listener at POINT."""
    found = []
    for block in guide.blocks("yaml"):
        found += re.findall(r"^  - address: (\S+)\n((?:    .*\n)+)", block, re.M)
    if not found or found[0][0] != POINT:
        raise Failure(f"{guide.path.name} has no listener at {POINT}")
    return [lines for _, lines in found]


def without_service(name):
    """A provider without restrictions, and the point; the gateway brings its own service."""
    provider = arguments()
    guide = Guide(provider.source / f"docs/guides/{name}.md")
    world = World(provider)
    point = Point(provider, listeners_of(guide))
    point.start()
    return provider, Checks(), guide, world, point


def make(name):
    """A matrix without gateways: two decisions in force, the point and the service answer."""
    provider, checks, guide, world, point = without_service(name)
    world.begin()
    return Matrix(checks, guide, world, point, Backend(provider.work))


def placed(matrix, text, gateway_port, address=GATEWAY):
    """The configuration `text` of the guide, with the ports of this run."""
    places = {
        POINT: f"127.0.0.1:{matrix.point.port}",
        SERVICE: f"127.0.0.1:{matrix.backend.port}",
        address: address.replace("8080", str(gateway_port)),
    }
    return put(text, places)


def folder(matrix, name):
    path = matrix.world.provider.work / name
    path.mkdir()
    return path
