"""A client of Lychgate's API in forty lines: list what needs review, acknowledge it, register a meeting.

python docs/api_client.py http://127.0.0.1:8000 TOKEN_FILE [INVITATION_FILE]
"""

import json
import sys
import urllib.request
import uuid
from pathlib import Path


class Lychgate:
    """Speaks to one desk; ``token`` is made on the page of one's own account."""

    def __init__(self, address, token):
        self.address, self.token = address.rstrip("/") + "/api/v1", token

    def ask(self, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if body is not None:
            # Asked again with the same key after a broken line, nothing happens twice.
            headers["Idempotency-Key"] = str(uuid.uuid4())
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, content, headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def all(self, path):
        mark, after = "&" if "?" in path else "?", ""
        while True:
            page = self.ask(path + after)
            yield from page["items"]
            if page["next"] is None:
                return
            after = f"{mark}after={page['next']}"


if __name__ == "__main__":
    desk = Lychgate(sys.argv[1], Path(sys.argv[2]).read_text().strip())
    if len(sys.argv) > 3:
        print("registered:", desk.ask("/meetings", {"invitation": Path(sys.argv[3]).read_text()})["title"])
    for exposure in desk.all("/exposures?only=review"):
        desk.ask(f"/exposures/{exposure['id']}/acknowledge", {"note": "seen by the duty officer"})
        print(exposure["severity"], exposure["meeting"]["title"], exposure["reason"])
