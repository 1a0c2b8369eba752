"""OSCAL's documents, read and resolved by compliance-trestle."""

from __future__ import annotations

import json
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from trestle.common.const import TRESTLE_CONFIG_DIR
from trestle.core.base_model import OscalBaseModel
from trestle.core.catalog_validator import CatalogValidator
from trestle.core.duplicates_validator import DuplicatesValidator
from trestle.core.profile_resolver import ProfileResolver
from trestle.core.refs_validator import RefsValidator
from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_plan import AssessmentPlan
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.catalog import Catalog
from trestle.oscal.profile import Profile

from apex_guardrails.fleet.exports.oscal import VERSION
from tests.policies.fleet.backends import backend
from tests.policies.fleet.results import Night, two_nights
from tests.policies.judged import Apex

KINDS: dict[str, type[OscalBaseModel]] = {
    "catalog": Catalog,
    "profile": Profile,
    "assessment-plan": AssessmentPlan,
    "assessment-results": AssessmentResults,
}


def export(apex: Apex, place: Path, *options: str) -> Path:
    out = place.parent / "oscal"
    words = ("fleet", "export", str(place), "--format", "oscal", "--output-dir", str(out))
    apex.writing(place.parent, *words, *options).expect(0)
    return out


def read(folder: Path, framework: str, kind: str) -> Any:
    """A document as trestle reads it, which refuses what OSCAL does not have."""
    found: Any = KINDS[kind].oscal_read(folder / f"{framework}.{kind}.json")
    assert found is not None
    # No two things have one UUID, and what is referred to is there.
    for check in (DuplicatesValidator, RefsValidator, CatalogValidator):
        assert check().model_is_valid(found, quiet=True, trestle_root=folder), check
    assert str(found.metadata.oscal_version.root.root) == VERSION
    return found


def resolved(folder: Path, framework: str) -> Any:
    (folder / TRESTLE_CONFIG_DIR).mkdir(exist_ok=True)
    # trestle looks for what a document refers to in the working directory.
    with chdir(folder):
        return ProfileResolver.get_resolved_profile_catalog(
            folder, str(folder / f"{framework}.profile.json")
        )


def test_the_documents_are_oscals_and_refer_to_each_other(tmp_path: Path, apex: Apex) -> None:
    folder = export(apex, two_nights(tmp_path / "results"))
    assert VERSION == OSCAL_VERSION
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        f"cis-gcp-4.0.{kind}.json" for kind in KINDS
    )
    for kind in KINDS:
        read(folder, "cis-gcp-4.0", kind)
    [control] = resolved(folder, "cis-gcp-4.0").controls
    assert (control.id, control.title) == ("cis-gcp-4.0_6.6", "No public addresses")
    results = read(folder, "cis-gcp-4.0", "assessment-results")
    assert (folder / results.import_ap.href).is_file()


def test_results_say_which_stacks_do_not_meet_a_control(tmp_path: Path, apex: Apex) -> None:
    folder = export(apex, two_nights(tmp_path / "results"))
    [result] = read(folder, "cis-gcp-4.0", "assessment-results").results
    stacks = {item.uuid: item.description for item in result.local_definitions.inventory_items}
    assert sorted(stacks.values()) == [
        "Stack mail/prod in gs://states",
        "Stack new/dev in gs://states",
        "Stack shop/dev in gs://states",
    ]
    observed = {
        item.title: [stacks[subject.subject_uuid] for subject in item.subjects]
        for item in result.observations
    }
    assert observed == {
        "6.6: fails": ["Stack shop/dev in gs://states"],
        "6.6: passes": ["Stack mail/prod in gs://states"],
        "6.6: undecided": ["Stack new/dev in gs://states"],
    }
    [finding] = result.findings
    assert finding.target.target_id == "cis-gcp-4.0_6.6_obj"
    assert finding.target.status.state.value == "not-satisfied"
    assert "1 stack: fails, 1 stack: undecided, 1 stack: passes" in finding.description
    assert {item.observation_uuid for item in finding.related_observations} == {
        item.uuid for item in result.observations
    }


def test_the_same_run_gives_the_same_documents_wherever_it_lies_and_it_is_read(
    tmp_path: Path, apex: Apex, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = two_nights(tmp_path / "results")
    first = {file.name: file.read_bytes() for file in export(apex, place).iterdir()}
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    copied = place.rename(tmp_path / "copied")
    again = {file.name: file.read_bytes() for file in export(apex, copied).iterdir()}
    assert first == again
    [result] = read(tmp_path / "oscal", "cis-gcp-4.0", "assessment-results").results
    assert result.start.isoformat() == "2026-12-01T02:00:00+00:00"


def test_another_run_of_the_same_day_has_other_uuids(tmp_path: Path, apex: Apex) -> None:
    def catalogue(run: str) -> Any:
        night = Night(run=run).stack("shop/dev")
        night.add("frameworks", framework="soc2", control="1", title="A", name="S", version="1")
        return read(export(apex, night.write(tmp_path / "results")), "soc2", "catalog").uuid

    assert catalogue("one") != catalogue("two")


def test_a_control_that_passes_everywhere_is_satisfied(tmp_path: Path, apex: Apex) -> None:
    night = Night().stack("shop/dev")
    one = {"framework": "soc2", "control": "CC6.1 (a)/b"}
    night.add("frameworks", **one, title="Access", name="SOC 2", version="1", rules="r", source="x")
    stack = {"backend": "gs://states", "project": "shop", "stack": "dev"}
    night.add("controls", **one, **stack, result="passes", rules=1)
    folder = export(apex, night.write(tmp_path / "results"))
    [result] = read(folder, "soc2", "assessment-results").results
    [finding] = result.findings
    assert finding.target.status.state.value == "satisfied"
    assert finding.target.target_id == "soc2_CC6.1-a-b_obj"


def test_a_fleet_without_stacks_still_has_documents(tmp_path: Path, apex: Apex) -> None:
    night = Night()
    night.add("frameworks", framework="soc2", control="1", title="A", name="S", version="1")
    folder = export(apex, night.write(tmp_path / "results"))
    document = json.loads((folder / "soc2.assessment-results.json").read_text("utf-8"))
    assert "findings" not in document["assessment-results"]["results"][0]
    read(folder, "soc2", "assessment-results")


@pytest.mark.usefixtures("unproven")
def test_every_framework_of_the_pack_is_exported(tmp_path: Path, apex: Apex) -> None:
    backend(tmp_path / "states", "shop/dev")
    words = ("fleet", "audit", "states", "--results", "results", "--exit-zero", "--quiet")
    apex.writing(tmp_path, *words).expect(0)
    folder = export(apex, tmp_path / "results")
    frameworks = {file.name.partition(".catalog")[0] for file in folder.glob("*.catalog.json")}
    assert {"cis-gcp-4.0", "nist-800-53", "hipaa"} <= frameworks
    for framework in frameworks:
        for kind in KINDS:
            read(folder, framework, kind)
        ids = {control.id for control in read(folder, framework, "catalog").controls}
        assert {control.id for control in resolved(folder, framework).controls} <= ids
        [result] = read(folder, framework, "assessment-results").results
        targets = {finding.target.target_id for finding in result.findings or ()}
        assert {target.removesuffix("_obj") for target in targets} <= ids


def test_a_framework_is_chosen_by_its_id(tmp_path: Path, apex: Apex) -> None:
    place = two_nights(tmp_path / "results")
    assert len(list(export(apex, place, "--framework", "cis-gcp-4.0").iterdir())) == 4
    words = ("fleet", "export", str(place), "--format", "oscal")
    done = apex.writing(tmp_path, *words, "--output-dir", "o", "--framework", "cis-gcp-4")
    done.expect_only(2, 'did you mean "cis-gcp-4.0"?')
    apex.writing(tmp_path, *words).expect_only(2, "--output-dir")
