"""Secret config that a Go program takes for more than a text."""

from __future__ import annotations

import json
import re
from pathlib import Path

from apex_guardrails.sources.offline.go_programs.files import GoProgram
from apex_guardrails.sources.offline.go_programs.secret_forms import with_forms
from apex_guardrails.sources.offline.placeholders import Placeholders
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.sources.offline.stack_config import load_config
from tests.policies.judged import write

PROJECT = "name: shop\nruntime: go\nconfig: {said: {type: boolean, secret: true}}\n"

KEYS = (
    "size rate flag settings list any named text said other port ratio enabled replicas parsed "
    "shown"
)

MAIN = """\
package main

type Settings struct {
	Common
	Zone, Region string
	Database *Database `json:"db"`
	Ports    []int     `json:"ports,omitempty"`
	Labels   map[string]string
	Skipped  string `json:"-"`
	Again    *Settings
}

type Common struct{ Team string }

func other() { var settings int }

func build(ctx *pulumi.Context) {
	cfg := config.New(ctx, "")
	cfg.RequireSecretInt("size")
	rate, err := config.TrySecretFloat64(ctx, "shop:rate")
	cfg.GetBool("flag")
	var settings Settings
	cfg.RequireSecretObject("settings", &settings)
	list := []string{}
	cfg.GetObject("list", &list)
	cfg.RequireObject("any", further.Place())
	named := new(Database)
	cfg.TrySecretObject("named", named)
	cfg.RequireSecret("text")
	cfg.RequireSecretInt("said")
	elsewhere.RequireSecretInt("shop:missing", "other")
	port, err := strconv.Atoi(cfg.Require("port"))
	text := cfg.Get("ratio")
	ratio, err := strconv.ParseFloat(text, 64)
	cfg.RequireSecret("enabled").ApplyT(func(value string) (bool, error) {
		return strconv.ParseBool(value)
	})
	replicas := config.RequireSecret(ctx, "shop:replicas")
	replicas.ApplyT(func(v string) (int64, error) { return strconv.ParseInt(v, 10, 64) })
	var parsed Database
	json.Unmarshal([]byte(cfg.Require("parsed")), &parsed)
	strconv.Atoi(os.Getenv("shown"))
	strconv.Itoa(cfg.Require("shown"))
}
"""

DATABASE = """\
package main

type Database struct {
	Password string
	On bool
}
"""


def test_it_has_the_form_that_the_program_takes_it_for(tmp_path: Path) -> None:
    secrets = "".join(f"  shop:{key}: {{secure: AAAA}}\n" for key in KEYS.split())
    write(
        tmp_path,
        {
            "Pulumi.yaml": PROJECT,
            "Pulumi.dev.yaml": f"config:\n{secrets}",
            "main.go": MAIN,
            "database.go": DATABASE,
        },
    )
    project = load_project(tmp_path)
    config = load_config(project, "dev")

    placeholders = Placeholders.of(with_forms(config, GoProgram.of(project)), {})

    values = {key.partition(":")[2]: value for key, value in placeholders.values.items()}
    text = re.compile(r"(placeholder|Placeholder-1)[0-9a-f]{32,}")
    assert values["size"].isdecimal()
    assert values["rate"].isdecimal()
    assert values["flag"] == values["said"] == "true"
    assert text.fullmatch(values["text"])
    assert text.fullmatch(values["shown"])
    assert all(values[key].isdecimal() for key in ("port", "ratio", "replicas"))
    assert values["enabled"] == "true"
    assert {*json.loads(values["parsed"])} == {"Password", "On"}
    [item] = json.loads(values["list"])
    assert text.fullmatch(item)
    assert list(json.loads(values["any"])) == ["placeholder"]
    named = json.loads(values["named"])
    assert text.fullmatch(named["Password"])
    assert named["On"] is True
    settings = json.loads(values["settings"])
    assert {*settings} == {"Team", "Zone", "Region", "db", "ports", "Labels", "Again"}
    assert settings["db"]["On"] is True
    assert isinstance(settings["ports"][0], int)
    assert text.fullmatch(settings["Labels"]["placeholder"])
    # Each of them tells where it comes from.
    assert settings["db"]["Password"] in placeholders.proofs["shop:settings"]
