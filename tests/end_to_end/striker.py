"""Kills commands, or the server that does them, at random moments of their life."""

import collections
import json
import time

from provider import Failure


class Striker:
    def __init__(self, provider, dice):
        self.provider, self.dice = provider, dice
        self.killed = self.cut_off = 0
        self.by_kind = collections.defaultdict(lambda: [0, 0])  # kills, of these cut off
        self.durations = {}

    def strike(self, kind, args, key=None):
        """What the command printed when it was acknowledged, else None."""
        provider = self.provider
        with_server = self.dice.random() < 0.5
        if with_server:
            provider.serve()
        typical = self.durations.get((kind, with_server), 0.2)
        begin = time.monotonic()
        process = provider.start(*args, "--json", key=key)
        victim = provider.server if with_server else process
        time.sleep(self.dice.random() * typical * 1.2)
        alive = victim.poll() is None and process.poll() is None
        victim.kill()
        victim.wait()
        out, err = process.communicate()
        self.killed += 1 if alive else 0
        self.by_kind[kind][0] += 1 if alive else 0
        if with_server:
            for pipe in (provider.server.stdin, provider.server.stdout, provider.server.stderr):
                pipe.close()
            provider.server = None
        if process.returncode == 0:
            if not alive:
                took = time.monotonic() - begin
                self.durations[(kind, with_server)] = 0.7 * typical + 0.3 * took
            return json.loads(out)
        if not alive:
            # Nobody was killed, so that the command itself was wrong.
            raise Failure(f"{kind}: exit {process.returncode}: {err.decode()}")
        self.durations[(kind, with_server)] = typical * 1.1
        self.cut_off += 1
        self.by_kind[kind][1] += 1
        return None

    def print_counts(self):
        for kind, (kills, cut_off) in sorted(self.by_kind.items()):
            print(f"{kind}: {kills} kills, {cut_off} cut off", flush=True)
        print(f"{self.killed} kills, {self.cut_off} commands cut off before they were acknowledged")
