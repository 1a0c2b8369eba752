"""Texts that a program puts together from outputs: what is known of them although they are not."""

from __future__ import annotations

from pathlib import Path

from apex_guardrails.model import UNKNOWN, View
from tests.policies.judged import RAW, judged
from tests.policies.sources.offline.test_resources import by_name, run

SOURCE = (
    RAW
    + """
    from pulumi import Output

    class Made(pulumi.CustomResource):
        made: pulumi.Output[str]

        def __init__(self, name):
            super().__init__("test:index:Made", name, {"made": None})

    source = Made("source")
    config = pulumi.Config()

    def thing(name, **inputs):
        options = inputs.pop("opts", None)
        return Raw(name, "test:index:Thing", inputs, options)
"""
)
SECRET = "config:\n  key: {type: string, secret: true}\n"


def parts(view: View, path: str = "text") -> tuple[str | None, ...] | None:
    """What is known of a text that is not known."""
    assert view.peek(path) is UNKNOWN
    return view.known_parts(path)


def test_what_is_concatenated_and_formatted_keeps_its_known_parts(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        SOURCE
        + """
    known = Output.from_input("known")
    thing("concat", text=Output.concat("a", source.made, "b", known, "c"))
    thing("nested", text=Output.concat("x-", Output.concat(source.made, "/y"), "/z"))
    thing("formatted", text=Output.format("{0}:{1}/{name!s}:{2:03d}", known, source.id, 7,
                                          name=source.made))
    thing("padded", text=Output.format("<{0:>20}>", Output.concat("a", source.made)))
    thing("shown", text=Output.format("<{0!r}>", Output.concat("a", source.made)))
    thing("looked-into", text=Output.format("<{0.name}{0[key]}>", source.made))
    thing("pattern", text=Output.format(source.made, "a"))
    thing("json", text=Output.json_dumps({"a": [1, source.made], "b": Output.concat("b-", known),
                                          "c": Output.concat("c-", source.made)}))
    thing("alone", text=source.made)
    thing("unseen", text=source.made.apply(lambda text: "a" + text))
    thing("only-holes", text=Output.concat(source.made, source.id))
    thing("deep", items=[{"a.b": Output.concat("a", source.made)}])
    thing("same-again", text=Output.from_input(Output.concat("a", source.made)))
    """,
    )
    there = by_name(run(program))
    assert parts(there["concat"]) == ("a", None, "bknownc")
    assert parts(there["nested"]) == ("x-", None, "/y/z")
    assert parts(there["formatted"]) == ("known:", None, "/", None, ":007")
    for name in ("padded", "shown", "looked-into"):
        assert parts(there[name]) == ("<", None, ">")
    assert parts(there["json"]) == ('{"a": [1, ', None, '], "b": "b-known", "c": "c-', None, '"}')
    for name in ("pattern", "alone", "unseen", "only-holes"):
        assert parts(there[name]) is None
    assert parts(there["deep"], 'items[0]["a.b"]') == ("a", None)
    assert parts(there["deep"].at("items[0]"), '["a.b"]') == ("a", None)
    assert parts(there["same-again"]) == ("a", None)
    assert [leaf.value for leaf in there["nested"].texts()] == ["x-", "/y/z"]
    data = there["nested"].serialized
    assert data is not None
    assert b"/y/z" in data


def test_marks_and_dependencies_stay(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        SOURCE
        + """
    secret = config.require_secret("key")
    thing("marked", text=Output.concat("a", source.made, secret))
    thing("marked-later", text=Output.secret(Output.concat("a", source.made)))
    thing("unmarked", text=Output.unsecret(Output.concat("a", source.made, secret)))
    """,
        project=SECRET,
    )
    result = run(program)
    there = by_name(result)
    placeholder = result.stack.config["judged:key"]
    assert parts(there["marked"]) == ("a", None, placeholder)
    assert parts(there["marked-later"]) == ("a", None)
    assert [there[name].is_secret("text") for name in ("marked", "marked-later", "unmarked")] == [
        True,
        True,
        False,
    ]
    for name in ("marked", "marked-later", "unmarked"):
        assert [source.name for source in there[name].sources("text")] == ["source"]
    assert there["marked"].secret_texts == {"a", placeholder}
    assert there["unmarked"].origin("text") == "secret config"
    assert there["marked-later"].origin("text") == "computed"


def test_the_program_sees_its_outputs_as_they_are(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        SOURCE
        + """
    import inspect

    async def check():
        text = Output.concat("a", source.made)
        assert not await text.is_known()
        assert not await text.is_secret()
        assert await Output.concat("a", "b").future() == "ab"
        assert await Output.format("{}-{}", "a", Output.from_input(3)).future() == "a-3"
        [resource] = await text.resources()
        assert resource is source
        assert not await pulumi.runtime.invoke_async("test:index:get", {"x": text})
        print("all seen")

    assert str(inspect.signature(Output.concat)).startswith("(*args")
    text = Output.concat("a", source.made)
    text.apply(lambda text: print("must not run"))
    copy = thing("copy", text=text)
    copied = getattr(copy, "text", None)

    async def once():
        return "b"

    thing("awaited", text=Output.concat("a", once(), source.made))
    thing("checked", text=check())
    """,
    )
    result = run(program)
    assert result.failure is None, result.failure
    assert result.output == ["all seen"]
    assert parts(by_name(result)["awaited"]) == ("a", None)


def test_a_concatenation_that_cannot_work_fails_as_it_does_elsewhere(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        SOURCE
        + """
    thing("number", text=Output.concat("a", 1, source.made))
    thing("missing", text=Output.format("{0} {1}", source.made))
    text = Output.concat("a", source.made)
    for _ in range(64):
        text = Output.concat(text, text)
    thing("endless", text=text)
    """,
    )
    there = by_name(run(program))
    assert parts(there["number"]) == ("a", None)
    assert parts(there["missing"]) is None
    assert there["endless"].peek("text") is UNKNOWN


def test_transforms_hand_the_parts_on(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        SOURCE
        + """
    def label(args):
        if args.type_ == "test:index:Thing":
            args.props["label"] = "a"
            return pulumi.ResourceTransformResult(args.props, args.opts)

    def replace(args):
        return pulumi.ResourceTransformResult({"text": source.id}, args.opts)

    text = Output.concat("a", source.made)
    thing("own", text=text, opts=pulumi.ResourceOptions(transforms=[label]))
    thing("replaced", text=text, opts=pulumi.ResourceOptions(transforms=[replace]))
    pulumi.runtime.register_resource_transform(label)
    thing("of-stack", text=text)
    """,
    )
    there = by_name(run(program))
    for name in ("own", "of-stack"):
        assert there[name].get("label") == "a"
        assert parts(there[name]) == ("a", None)
    assert parts(there["replaced"]) is None


def test_outputs_of_the_stack_have_parts(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        SOURCE
        + """
    pulumi.export("dsn", Output.concat("postgresql://", source.made))
    """,
    )
    outputs = run(program).stack.outputs
    assert outputs is not None
    assert parts(outputs, "dsn") == ("postgresql://", None)
