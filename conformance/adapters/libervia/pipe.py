# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rules of the pipe: one JSON object per line in, exactly one out."""

import json
import sys
import traceback
from typing import Any, BinaryIO, Dict, Protocol, TextIO


class Unsupported(Exception):
    """What Libervia cannot do. The case is not counted against it."""

    def __init__(self, feature: str, reason: str = "") -> None:
        super().__init__(feature)
        self.answer = {"feature": feature, **({"reason": reason} if reason else {})}


class Refused(Exception):
    """A command that cannot be followed; nothing has changed."""


class Commands(Protocol):
    """Whoever follows the commands."""

    def follow(self, command: Dict[str, Any]) -> Dict[str, Any]:
        """Follow one command and give what its `ok` holds."""


def serve(lines: BinaryIO, answers: TextIO, commands: Commands) -> int:
    """Answer until `stop`, or until the input ends."""
    for line in lines:
        command: Any = None
        try:
            command = json.loads(line)
            answer = {"ok": commands.follow(command)}
        except Unsupported as unsupported:
            answer = {"unsupported": unsupported.answer}
        except (Refused, ValueError) as refused:
            answer = {"error": {"kind": "definite", "message": str(refused)}}
        except Exception as problem:  # pylint: disable=broad-except
            traceback.print_exc(file=sys.stderr)
            answer = {"error": {"kind": "indefinite", "message": f"{type(problem).__name__}: {problem}"}}
        identifier = command.get("id") if isinstance(command, dict) else None
        answers.write(json.dumps({"id": identifier, **answer}, ensure_ascii=False) + "\n")
        answers.flush()
        if isinstance(command, dict) and command.get("command") == "stop":
            return 0
    return 0
