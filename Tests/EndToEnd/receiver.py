"""Receives messages over HTTP or SMTP, and writes each as a line of JSON; the first line tells the port.

    receiver.py http
        /fail2/...  answers 500 to the first two requests of a path
        /hang/...   answers after two minutes
        ...chat.postMessage  answers as Slack does
    receiver.py smtp MODE [CERTIFICATE KEY]
        MODE is plain, login (with AUTH LOGIN only), busy (451 to every recipient), refuses (550 to every recipient),
        starttls or tls (encrypted from the start)
"""
import base64
import http.server
import json
import socket
import ssl
import sys
import threading
import time

lock = threading.Lock()


def tell(**fields):
    with lock:
        print(json.dumps(fields), flush=True)


def serve_http():
    counts = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            with lock:
                counts[self.path] = counts.get(self.path, 0) + 1
                count = counts[self.path]
            status = 500 if self.path.startswith("/fail2") and count <= 2 else 200
            tell(path=self.path, method=self.command, body=body, status=status,
                 authorization=self.headers.get("Authorization"))
            if self.path.startswith("/hang"):
                time.sleep(120)
            text = b'{"ok": true, "channel": "C1", "ts": "17.5"}' if "chat." in self.path else b"ok"
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = answer

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    tell(port=server.server_address[1])
    server.serve_forever()


def serve_smtp(mode, files):
    def secured(connection):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        return context.wrap_socket(connection, server_side=True)

    def talk(connection):
        safe = False
        if mode == "tls":
            connection, safe = secured(connection), True
        seen = {"to": []}
        stream = connection.makefile("rb")

        def say(text):
            connection.sendall((text + "\r\n").encode())

        say("220 receiver")
        while line := stream.readline():
            word = line.decode().strip()
            verb = word.split(" ")[0].upper()
            if verb == "EHLO":
                say("250-receiver")
                if mode == "starttls" and not safe:
                    say("250-STARTTLS")
                else:
                    say("250-AUTH " + ("LOGIN" if mode == "login" else "PLAIN LOGIN"))
                say("250 8BITMIME")
            elif verb == "STARTTLS":
                say("220 go ahead")
                stream.close()
                connection, safe = secured(connection), True
                stream = connection.makefile("rb")
            elif word.upper().startswith("AUTH PLAIN"):
                seen["auth"] = base64.b64decode(word.split(" ")[2]).decode().split("\0")[1:]
                say("235 welcome" if seen["auth"][1] == "right" else "535 wrong password")
            elif word.upper() == "AUTH LOGIN":
                answers = []
                for question in ("Username:", "Password:"):
                    say("334 " + base64.b64encode(question.encode()).decode())
                    answers.append(base64.b64decode(stream.readline()).decode())
                seen["auth"] = answers
                say("235 welcome")
            elif verb == "MAIL":
                seen["from"] = word
                say("250 ok")
            elif verb == "RCPT":
                seen["to"].append(word)
                say({"busy": "451 later", "refuses": "550 no such user"}.get(mode, "250 ok"))
            elif verb == "DATA":
                say("354 go on")
                lines = []
                while (line := stream.readline()) != b".\r\n":
                    lines.append(line.decode())
                tell(safe=safe, data="".join(lines), **seen)
                say("250 taken")
            else:
                say("221 goodbye" if verb == "QUIT" else "500 what")
                if verb == "QUIT":
                    break
        connection.close()

    server = socket.create_server(("0.0.0.0", 0))
    tell(port=server.getsockname()[1])
    while True:
        connection, _ = server.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()


if sys.argv[1] == "http":
    serve_http()
else:
    serve_smtp(sys.argv[2], sys.argv[3:])
