"""A client that asks one host again and again over connections that it keeps, and counts every answer."""
import asyncio
import collections
import json
import threading
import time

# An answer: when it was there, the image of the pod that gave it or None, what went wrong or None.
Answer = collections.namedtuple("Answer", "moment image failure")


class Load:
    """Requests to a host through a proxy on a port of this machine, from `start` to `stop`.

    Every second request is a POST: proxies repeat a GET that failed, and what they hide is to be seen.
    """

    def __init__(self, port, host, rate, connections=8, limit=15):
        self.port, self.host, self.limit = port, host, limit
        self.connections, self.interval = connections, connections / rate
        self.answers, self.stopped = [], False
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()), daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        self.stopped = True
        self.thread.join()

    async def run(self):
        await asyncio.gather(*(self.work(number) for number in range(self.connections)))

    async def work(self, number):
        """Asks over one connection; a new one takes the place of one that broke."""
        await asyncio.sleep(self.interval * number / self.connections)
        connection, turn, due = None, number, time.monotonic()
        while not self.stopped:
            turn += 1
            image = failure = None
            try:
                if connection is None:
                    opening = asyncio.open_connection("127.0.0.1", self.port)
                    connection = await asyncio.wait_for(opening, self.limit)
                image, stays = await asyncio.wait_for(self.ask(*connection, turn % 2 == 0), self.limit)
                if not stays:
                    connection = self.close(connection)
            except (OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
                failure = f"{type(error).__name__}: {error}"
                connection = self.close(connection)
            self.answers.append(Answer(time.monotonic(), image, failure))
            due = max(due + self.interval, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
        self.close(connection)

    @staticmethod
    def close(connection):
        if connection:
            connection[1].close()

    async def ask(self, reader, writer, sends):
        """The image that answered, and whether the connection stays."""
        body = b"ping" if sends else b""
        line = "POST" if sends else "GET"
        writer.write(
            f"{line} / HTTP/1.1\r\nHost: {self.host}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in head[1:])}
        text = (await reader.readexactly(int(fields["content-length"]))).decode()
        if head[0].split()[1] != "200":
            raise ValueError(f"{head[0]}: {text.strip()}")
        return json.loads(text)["image"], fields.get("connection", "").lower() != "close"

    @property
    def failures(self):
        return [answer for answer in self.answers if answer.failure]

    def share(self, image, first, last=None):
        """Of the answers between two places, how many per cent an image gave."""
        given = [answer.image for answer in self.answers[first:last] if answer.image]
        return 100 * given.count(image) / len(given) if given else float("nan")

    def extremes(self, image, first, last, window):
        """The least and the greatest share of an image in as many answers as a window has, between two places."""
        given = [answer.image == image for answer in self.answers[first:last] if answer.image]
        count, shares = sum(given[:window]), []
        for place in range(window, len(given)):
            shares.append(100 * count / window)
            count += given[place] - given[place - window]
        return (min(shares), max(shares)) if shares else (float("nan"), float("nan"))
