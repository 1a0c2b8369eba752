"""What the launchers' own modules tell of a program, beside the protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping

import grpc

from apex_guardrails.model import SourcePosition
from apex_guardrails.model.assumed import GuessedBoolean, UnrunCallback
from apex_guardrails.sources.offline.functions import Functions
from apex_guardrails.sources.offline.registered import Registered


class Told:
    """Takes it in, for one run of one program."""

    def __init__(self, registered: Registered, functions: Functions, lock: threading.Lock) -> None:
        self._registered = registered
        self._functions = functions
        self._lock = lock

    def handlers(self) -> Mapping[str, Callable[[bytes, grpc.ServicerContext], bytes]]:
        """What takes the messages of the launchers' own modules, by the name of each."""
        return {
            "Secrets": self._secrets,
            "Results": self._results,
            "Notes": self._notes,
            "Unrun": self._unrun,
            "Guessed": self._guessed,
            "Files": self._files,
        }

    def _unrun(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        """Takes the functions that wait for an unknown value and may make resources.

        A JSON list of objects: `file` and `line`, `name` ("" for one without), and `why` it did
        not run.
        """
        for item in json.loads(request):
            position = SourcePosition(item["file"], item["line"])
            callback = UnrunCallback(item["name"], position, item["why"])
            self._registered.stack.unrun.append(callback)
        return b""

    def _guessed(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        """Takes the booleans in assumed answers that the program asked for.

        A JSON list of objects: the function's `token`, the `path` in its answer, `file` and `line`.
        """
        for item in json.loads(request):
            position = SourcePosition(item["file"], item["line"])
            boolean = GuessedBoolean(item["token"], item["path"], position)
            with self._lock:
                if boolean not in self._registered.stack.guessed:
                    self._registered.stack.guessed.append(boolean)
        return b""

    def _files(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        """Takes the program's own files that were loaded, as a JSON list."""
        with self._lock:
            self._registered.files.update(json.loads(request))
        return b""

    def _results(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        """Takes what functions return by the program's own package, as a JSON object by token."""
        for token, form in json.loads(request).items():
            self._functions.learn(token, form)
        return b""

    def _secrets(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        """Takes the texts that the program marks as secret, as a JSON list."""
        with self._lock:
            self._registered.marked.update(json.loads(request))
        return b""

    def _notes(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        """Takes what a reader of the result should know, as a JSON list."""
        with self._lock:
            self._registered.notes.extend(json.loads(request))
        return b""
