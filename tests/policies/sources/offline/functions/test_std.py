"""The functions of the package std."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.sources.offline.functions.asked import ArgumentError, Asked
from apex_guardrails.sources.offline.functions.std import std
from apex_guardrails.sources.offline.functions.std_texts import of_files


def answer(name: str, folder: Path = Path(), **arguments: Any) -> Any:
    """What a function returns."""
    result = std(Asked(f"std:index:{name}", arguments, {}, folder))
    return None if result is None else result["result"]


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("abs", {"input": -1.5}, 1.5),
        ("alltrue", {"input": [True, "true"]}, True),
        ("anytrue", {"input": [False, "false"]}, False),
        ("base64decode", {"input": "aMOp"}, "hé"),
        ("base64encode", {"input": "hé"}, "aMOp"),
        ("base64sha256", {"input": ""}, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        ("basename", {"input": "a/b.txt"}, "b.txt"),
        ("ceil", {"input": 1.2}, 2),
        ("chomp", {"input": "a\r\n\n"}, "a"),
        ("chunklist", {"input": [1, 2, 3], "size": 2}, [[1, 2], [3]]),
        ("cidrhost", {"input": "10.0.0.0/24", "host": -1}, "10.0.0.255"),
        ("cidrnetmask", {"input": "10.0.0.0/12"}, "255.240.0.0"),
        ("cidrsubnet", {"input": "10.0.0.0/16", "newbits": 8, "netnum": 3}, "10.0.3.0/24"),
        (
            "cidrsubnets",
            {"input": "10.0.0.0/16", "newbits": [8, 4]},
            ["10.0.0.0/24", "10.0.16.0/20"],
        ),
        ("coalesce", {"input": ["", None, "b"]}, "b"),
        ("compact", {"input": ["a", "", None]}, ["a"]),
        ("concat", {"input": [[1], [2, 3]]}, [1, 2, 3]),
        ("contains", {"input": ["a"], "element": "a"}, True),
        ("csvdecode", {"input": "a,b\n1,2\n"}, [{"a": "1", "b": "2"}]),
        ("dirname", {"input": "a"}, "."),
        ("distinct", {"input": ["a", "b", "a"]}, ["a", "b"]),
        ("element", {"input": ["a", "b"], "index": 3}, "b"),
        ("endswith", {"input": "abc", "suffix": "bc"}, True),
        ("flatten", {"input": [[1, [2]], 3]}, [1, 2, 3]),
        ("floor", {"input": 1.8}, 1),
        ("format", {"input": "%s %03d %.1f %v %t %q %x %b %%", "args": []}, None),
        (
            "format",
            {
                "input": "%s %03d %.1f %v %t %q %x %b %%",
                "args": ["a", 7, 1.25, 2.0, True, "q", 255, 5],
            },
            'a 007 1.2 2 true "q" ff 101 %',
        ),
        ("format", {"input": "%z", "args": [1]}, None),
        ("formatlist", {"input": "%s-%s", "args": ["a", ["b", "c"]]}, ["a-b", "a-c"]),
        ("indent", {"input": "a\nb", "spaces": 2}, "a\n  b"),
        ("index", {"input": ["a", "b"], "element": "b"}, 1),
        ("join", {"input": ["a", 1, True], "separator": "-"}, "a-1-true"),
        ("jsondecode", {"input": '{"a": [1]}'}, {"a": [1]}),
        (
            "jsonencode",
            {"input": {"b": "<&>", "a": None}},
            '{"a":null,"b":"\\u003c\\u0026\\u003e"}',
        ),
        ("keys", {"input": {"b": 1, "a": 2}}, ["a", "b"]),
        ("length", {"input": "abc"}, 3),
        ("log", {"input": 8, "base": 2}, 3),
        ("lookup", {"map": {"a": 1}, "key": "b", "default": 2}, 2),
        ("lookup", {"map": {}, "key": "b"}, None),
        ("lower", {"input": "AB"}, "ab"),
        ("map", {"args": ["a", 1]}, {"a": 1}),
        ("max", {"input": [1, 3]}, 3),
        ("md5", {"input": ""}, "d41d8cd98f00b204e9800998ecf8427e"),
        ("merge", {"input": [{"a": 1}, None, {"a": 2}]}, {"a": 2}),
        ("parseint", {"input": "ff", "base": 16}, 255),
        ("pow", {"base": 2, "exponent": 3}, 8),
        ("range", {"limit": 3}, [0, 1, 2]),
        ("range", {"limit": 0, "start": 2}, [2, 1]),
        ("range", {"limit": 5000}, None),
        ("regex", {"pattern": "[a-z]+", "string": "12ab"}, "ab"),
        ("regex", {"pattern": "(a)(b)", "string": "ab"}, ["a", "b"]),
        ("regex", {"pattern": "(?P<x>a)", "string": "a"}, {"x": "a"}),
        ("regex", {"pattern": "z", "string": "a"}, None),
        ("regexall", {"pattern": "[a-z]", "string": "a1b"}, ["a", "b"]),
        ("replace", {"text": "a.b", "search": ".", "replace": "-"}, "a-b"),
        ("replace", {"text": "a1b", "search": "/([0-9])/", "replace": "<$1>"}, "a<1>b"),
        ("reverse", {"input": [1, 2]}, [2, 1]),
        ("setintersection", {"input": [["a", "b"], ["b"]]}, ["b"]),
        ("signum", {"input": -3}, -1),
        ("slice", {"list": [1, 2, 3], "from": 1, "to": 2}, [2]),
        ("sort", {"input": ["b", "a"]}, ["a", "b"]),
        ("split", {"text": "a,b", "separator": ","}, ["a", "b"]),
        ("strrev", {"input": "ab"}, "ba"),
        ("substr", {"input": "hello", "offset": -3, "length": 2}, "ll"),
        ("substr", {"input": "hello", "offset": 1, "length": -1}, "ello"),
        ("sum", {"input": [1, 2]}, 3),
        ("title", {"input": "a bc"}, "A Bc"),
        ("tobool", {"input": "true"}, True),
        ("tobool", {"input": "yes"}, None),
        ("tonumber", {"input": "1.0"}, 1),
        ("tonumber", {"input": None}, None),
        ("toset", {"input": ["b", "a", "b"]}, ["a", "b"]),
        ("tostring", {"input": 1.0}, "1"),
        ("transpose", {"input": {"a": ["x", "y"], "b": ["x"]}}, {"x": ["a", "b"], "y": ["a"]}),
        ("trim", {"input": "xxaxx", "cutset": "x"}, "a"),
        ("trimprefix", {"input": "xa", "prefix": "x"}, "a"),
        ("trimspace", {"input": " a\n"}, "a"),
        ("trimsuffix", {"input": "ax", "suffix": "x"}, "a"),
        ("urlencode", {"input": "a b/c"}, "a+b%2Fc"),
        ("values", {"input": {"b": 1, "a": 2}}, [2, 1]),
        ("zipmap", {"keys": ["a"], "values": [1]}, {"a": 1}),
        ("element", {"input": [], "index": 0}, None),
        ("coalescelist", {"input": [[], []]}, None),
        ("cidrsubnet", {"input": "10.0.0.0/30", "newbits": 8, "netnum": 0}, None),
    ],
)
def test_a_function_computes_what_terraforms_does(
    name: str, arguments: dict[str, Any], result: Any
) -> None:
    if result is None and arguments.get("input", "") is not None:
        with pytest.raises(ArgumentError):
            answer(name, **arguments)
    else:
        assert answer(name, **arguments) == result


def test_files_are_read_in_the_programs_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hé", encoding="utf-8")
    assert answer("file", tmp_path, input="a.txt") == "hé"
    assert answer("filebase64", tmp_path, input="a.txt") == "aMOp"
    assert answer("fileexists", tmp_path, input="b.txt") is False
    assert len(answer("filesha256", tmp_path, input="a.txt")) == 64
    with pytest.raises(ArgumentError, match=r"cannot read b\.txt: No such file"):
        answer("file", tmp_path, input="b.txt")
    assert set(of_files(tmp_path)) >= {"filemd5", "filesha1", "filebase64sha512"}


def test_what_is_never_the_same_is_not_answered() -> None:
    assert answer("timestamp") is None
    assert answer("uuid") is None
