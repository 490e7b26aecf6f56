"""What the drivers in Python print: one line of JSON for each message of a folder."""

import hashlib
import json
from pathlib import Path


def attachment(name, kind, content, cid):
    digest = hashlib.sha256(content).hexdigest()
    return {"name": name, "type": kind, "sha256": digest, "size": len(content), "cid": cid}


def print_readings(read, folder):
    for path in sorted(Path(folder).glob("*.eml")):
        try:
            reading = read(path.read_bytes())
        except Exception as error:
            error.add_note(path.name)
            raise
        print(json.dumps({"case": path.stem, "reading": reading}))
