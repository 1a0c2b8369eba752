"""Suggests changes of a program, or makes them, for what rules have a remedy for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from apex_guardrails.decide import decide
from apex_guardrails.judgement.circumstances import Source, repository_root
from apex_guardrails.judgement.fixes import fix_in, language_of
from apex_guardrails.judgement.patches import Patch, patch
from apex_guardrails.judgement.pipeline import Pipeline
from apex_guardrails.model import Stack, resource_label
from apex_guardrails.model.phrases import counted
from apex_guardrails.pack.rules import prove
from apex_guardrails.runs.preview import prepare, run_program, whole
from apex_guardrails.settings import EVERYTHING, Selection
from apex_guardrails.sources.offline import edits
from apex_guardrails.support.diff import unified_diff
from apex_guardrails.support.errors import PackError, UsageError
from apex_guardrails.support.files import write_texts
from apex_guardrails.support.text import one_line


@dataclass(frozen=True)
class Fix:
    """What is to be changed in a program.

    Attributes:
        root: what paths are seen from: the repository's root.
    """

    patch: Patch
    stack: Stack
    root: Path

    def diff(self) -> str:
        """The changes as one unified diff."""
        return "".join(
            unified_diff(self._shown(path), before, after)
            for path, (before, after) in sorted(self.patch.files.items())
        )

    def lines(self) -> Iterator[str]:
        """What is to be done by hand, what to know of the rest, and the sum."""
        language = language_of(self.stack)
        for item in self.patch.left:
            finding = item.finding
            place = finding.position
            where = f"{self._shown(place.file)}:{place.line}: " if place else ""
            yield self.stack.secret_config.redact(
                f"by hand: {where}{one_line(resource_label(finding.urn))}: {item.because}; "
                f"{finding.rule.id}: {fix_in(language, finding.fix)}"
            )
        for rule_id, caution in sorted(self.patch.cautions.items()):
            yield f"{rule_id}: {caution}"
        mended, left = len(self.patch.mended), len(self.patch.left)
        files = counted(len(self.patch.files), "file")
        done = f"{counted(mended, 'finding')} mended in {files}" if mended else "nothing to change"
        yield f"{done}, {counted(left, 'finding')} to be mended by hand" if left else done

    def write(self) -> list[str]:
        """Changes the files, all or none; their paths.

        Raises:
            UsageError: one has been changed meanwhile, or cannot be written.
        """
        texts: dict[Path, str] = {}
        for path, (before, after) in sorted(self.patch.files.items()):
            if Path(path).read_bytes() != before:
                raise UsageError(f"{path}: was changed meanwhile; nothing is written, run it again")
            texts[Path(path)] = after.decode()
        write_texts(texts)
        return [self._shown(str(path)) for path in texts]

    def _shown(self, file: str) -> str:
        path = Path(file).resolve()
        root = self.root.resolve()
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else file


def fix_offline(
    program: Path,
    stack: str,
    settings_file: Path | None,
    timeout: float,
    selection: Selection = EVERYTHING,
) -> Fix:
    """Runs the program in a folder and says how to change it.

    What settings would set at deployment is changed in the program like all else.

    Args:
        program: the folder with the `Pulumi.yaml`.
        stack: the stack's name.
        settings_file: instead of the one that would be found.
        timeout: seconds that the program may take.
        selection: which rules are asked.

    Raises:
        UsageError: a file is missing or not valid, or a rule is none.
        ProgramError: the program failed.
        PackError: the pack fails its own cases, or a rule raised.
    """
    edits.forget()
    project, preview, settings = prepare(program, stack, settings_file, timeout)
    selection.check(settings.known_rules)
    pipeline = Pipeline(
        settings,
        stack,
        settings.known_rules,
        Source.OFFLINE,
        project=project.root,
        selection=selection,
    )
    judged = whole(run_program(preview, timeout), "nothing is changed").stack
    pipeline.price(judged)
    decision = decide(judged, pipeline.rules, prove)
    if decision.errors:
        failed = decision.errors[0]
        raise PackError(f"the rule {failed.rule_id} raised, so nothing is changed:\n{failed.error}")
    findings = [
        finding
        for finding in pipeline.accepted(decision.findings, judged)
        if finding.waiver is None
    ]
    rules = {item.rule.id: item for item in pipeline.rules}
    root = repository_root(project.root)
    return Fix(
        patch(sorted(findings, key=lambda item: item.gravity()), judged, rules, root), judged, root
    )
