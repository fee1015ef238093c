"""A web server that says its name and whom it sees: `python -m … NAME PORT PORT`."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer with one line."""
        body = f"{sys.argv[1]} {self.client_address[0]}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    # All addresses: of a network namespace, which nobody else is in.
    servers = [ThreadingHTTPServer(("", int(port)), _Handler) for port in sys.argv[2:]]
    threads = [Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
