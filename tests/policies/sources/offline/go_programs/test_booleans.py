"""Booleans in assumed answers that a Go program asks for."""

from __future__ import annotations

from pathlib import Path

from apex_guardrails.sources.offline.go_programs.booleans import guessed_booleans
from apex_guardrails.sources.offline.go_programs.files import GoProgram
from apex_guardrails.sources.offline.project import load_project
from tests.policies.judged import write

BUCKET = "gcp:storage/getBucket:getBucket"

MAIN = """\
package main

func build(ctx *pulumi.Context) error {
	bucket, err := storage.LookupBucket(ctx, &storage.LookupBucketArgs{Name: "logs"})
	if err != nil || bucket.RequesterPays {
		return err
	}
	for _, versioning := range bucket.Versionings {
		if versioning.Enabled { return nil }
	}
	settings := Settings{}
	if settings.RequesterPays || settings.Enabled || bucket.Name == "logs" {
		return nil
	}
	return nil
}

func other(bucket *Bucket) bool { return bucket.RequesterPays }

func taken(answer storage.LookupBucketResult) bool {
	return !answer.UniformBucketLevelAccess
}

func pointed(answer *storage.LookupBucketResult) bool { return answer.RequesterPays }
"""


def found(folder: Path, *tokens: str, runtime: str = "go") -> list[tuple[str, int]]:
    write(folder, {"Pulumi.yaml": f"name: shop\nruntime: {runtime}\n", "main.go": MAIN})
    booleans = guessed_booleans(GoProgram.of(load_project(folder)), tokens)
    return [(item.path, item.position.line if item.position else 0) for item in booleans]


def test_where_one_is_asked_for_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, BUCKET, BUCKET) == [
        ("requesterPays", 5),
        ("versionings[*].enabled", 9),
        ("uniformBucketLevelAccess", 21),
        ("requesterPays", 24),
    ]


def test_those_of_other_answers_are_no_matter(tmp_path: Path) -> None:
    assert not found(tmp_path, "gcp:compute/getNetwork:getNetwork", "acme:index/getIt:getIt")
    assert not found(tmp_path, BUCKET, runtime="python")
