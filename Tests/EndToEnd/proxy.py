"""A proxy between a controller and an API server that does what networks and servers do on bad days."""
import asyncio
import collections
import json
import random
import socket
import struct
import threading
import time

import rig

# A request that came by: when, its verb and path, and what became of it, the code of the answer or a fault.
Passed = collections.namedtuple("Passed", "moment method path outcome")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
# What an API server answers with these codes.
REASONS = {401: "Unauthorized", 409: "Conflict", 410: "Expired", 429: "TooManyRequests", 500: "InternalError",
           503: "ServiceUnavailable"}
RETRY_AFTER = 1


def fits(fault, method, path):
    """Whether a fault can befall a request."""
    watches, writes = "watch=" in path, method in WRITES
    if fault == "silent":
        return watches
    # What a watch has told is not done, so it is nothing that can be lost after it was done.
    if fault == "lost":
        return not watches
    # Conflicts are answers to writes of what is there, and versions expire for those who list and watch.
    return {409: method in ("PUT", "PATCH"), 410: not writes and "resourceVersion=" in path}.get(fault, True)


class FaultyProxy:
    """Passes requests on to a port of this machine, some of them not as they should be.

    `chance` is how likely a fault of `faults` befalls a request: of those that fit it, the one that happened least.
    Faults are codes of answers, and: `refused`, nobody listens; `reset` before the request is passed on; `lost`, reset
    after the server has done what it was asked to; `half` an answer; `slow`, seconds late; `silent`, a watch that tells
    nothing.
    """

    def __init__(self, upstream, seed=1):
        self.upstream, self.chance, self.faults, self.delay = upstream, 0.0, (), 2.0
        self.passed, self.random, self.happened = [], random.Random(seed), collections.Counter()
        self.port = rig.free_port()
        self.loop, self.server, self.open = asyncio.new_event_loop(), None, set()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.call(self.listen())

    def call(self, action):
        return asyncio.run_coroutine_threadsafe(action, self.loop).result(10)

    def begin(self, *faults, chance=1.0):
        """From now on these faults happen, and what is under way breaks off."""
        self.faults, self.chance = faults, chance
        self.call(self.refuse())
        if "refused" not in faults:
            self.call(self.listen())

    def end(self):
        """From now on all goes well, but what is under way stays as it is."""
        self.chance = 0.0
        if self.server is None:
            self.call(self.listen())

    async def listen(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port)

    async def refuse(self):
        if self.server is not None:
            self.server.close()
            self.server = None
        for writer in list(self.open):
            self.reset(writer)

    @staticmethod
    def reset(writer):
        """Ends a connection the hard way."""
        connection = writer.get_extra_info("socket")
        if connection is not None and writer.transport is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    def writes(self, since=0.0):
        """The writes since a moment, without those of leases."""
        return [passed for passed in self.passed
                if passed.method in WRITES and passed.moment >= since and "/leases" not in passed.path]

    def came_too_soon(self):
        """Requests that came again before the time that the server had asked them to wait was over."""
        last, early = {}, []
        for passed in sorted(self.passed):
            before = last.get((passed.method, passed.path))
            if before and before.outcome == 429 and passed.moment - before.moment < 0.9 * RETRY_AFTER:
                early.append((before, passed))
            last[passed.method, passed.path] = passed
        return early

    async def serve(self, reader, writer):
        """Passes the requests of one connection on."""
        self.open.add(writer)
        try:
            while await self.pass_on(reader, writer):
                pass
        except (OSError, EOFError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open.discard(writer)
            writer.transport.abort() if writer.transport.is_closing() else writer.close()

    async def pass_on(self, reader, writer):
        """Passes one request on; whether another one may follow."""
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        method, path = lines[0].split()[:2]
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        moment, fault = time.monotonic(), None
        candidates = [fault for fault in self.faults if fault != "refused" and fits(fault, method, path)]
        if candidates and self.random.random() < self.chance:
            # Few requests come while all goes wrong: by chance alone one of the faults might never happen.
            fault = min(candidates, key=lambda each: self.happened[each])
            self.happened[fault] += 1
        outcome = fault
        try:
            if fault == "reset":
                self.reset(writer)
                return False
            if isinstance(fault, int):
                await self.answer(writer, fault)
                return True
            if fault == "slow":
                await asyncio.sleep(self.delay)
            code, stays = await self.exchange(reader, writer, lines, body, fault)
            outcome = fault or code
            return stays
        finally:
            self.passed.append(Passed(moment, method, path, outcome))

    @staticmethod
    async def answer(writer, code):
        """An answer that the server never gave."""
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code,
                  "reason": REASONS[code], "message": f"the proxy says {REASONS[code]}"}
        text = json.dumps(status).encode()
        more = f"Retry-After: {RETRY_AFTER}\r\n" if code == 429 else ""
        writer.write(f"HTTP/1.1 {code} {REASONS[code]}\r\nContent-Type: application/json\r\n{more}"
                     f"Content-Length: {len(text)}\r\n\r\n".encode() + text)
        await writer.drain()

    async def exchange(self, client, writer, lines, body, fault):
        """Asks the server, and passes its answer on as far as a fault lets it; the code, and whether all is well."""
        reader, server = await asyncio.open_connection("127.0.0.1", self.upstream)
        pump = None
        try:
            kept = [line for line in lines if line and not line.lower().startswith("connection:")]
            server.write("\r\n".join([*kept, "Connection: close", "", ""]).encode() + body)
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            code, length = int(head.split()[1]), None
            for line in head.lower().split("\r\n"):
                if line.startswith("content-length:"):
                    length = int(line.split(":")[1])
            if fault == "lost":
                await reader.read()
                self.reset(writer)
                return code, False
            kept = [line for line in head.split("\r\n") if line and not line.lower().startswith("connection:")]
            writer.write("\r\n".join([*kept, "", ""]).encode())
            if fault == "half":
                writer.write(await reader.read(max(1, (length or 200) // 2)))
                await writer.drain()
                self.reset(writer)
                return code, False
            # A client that goes ends the watch at the server too.
            pump = asyncio.ensure_future(self.pump(reader, writer, fault == "silent"))
            while not pump.done() and not client.at_eof() and not writer.transport.is_closing():
                await asyncio.wait([pump], timeout=0.2)
            return code, pump.done() and pump.result()
        finally:
            if pump is not None:
                pump.cancel()
            server.transport.abort()

    @staticmethod
    async def pump(reader, writer, is_silent):
        while True:
            data = await reader.read(1 << 16)
            if not data and is_silent:
                await asyncio.sleep(3600)
            if not data:
                return True
            if not is_silent:
                writer.write(data)
                await writer.drain()
