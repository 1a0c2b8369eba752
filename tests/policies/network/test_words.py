"""By which words something says that it is a database."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.gcp.engines import ENGINES, OF_OTHERS
from apex_guardrails.network.words import (
    engine_of,
    engine_of_image,
    engine_of_script,
    engines_at,
    engines_published,
    is_only_engine,
)


@pytest.mark.parametrize(
    ("name", "engine"),
    [
        ("orders-postgres-1", "PostgreSQL"),
        ("pg01", "PostgreSQL"),
        ("api_mysql", "MySQL"),
        ("ordersMongo", "MongoDB"),
        ("neo4j", "Neo4j"),
        ("postgres16", "PostgreSQL"),
        ("cassandra-seed-2", "Cassandra"),
        ("db", "a database"),
        ("app-db-1", "a database"),
        ("db-postgres", "PostgreSQL"),
        ("ordersdb", "a database"),
        ("vectordb2", "a database"),
        ("dbserver", "a database"),
        ("ordersdb-migrate", None),
        ("dbt", None),
        ("adb", None),
        ("postgres-exporter", None),
        ("mysql-client", None),
        ("db-migrate", None),
        ("redis-commander", None),
        ("allow-postgres", None),
        ("to-db", None),
        ("web", None),
        ("page", None),
        ("upgrade", None),
        ("", None),
    ],
)
def test_a_name_tag_or_label(name: str, engine: str | None) -> None:
    found = engine_of(name)
    assert (found.name if found else None) == engine


@pytest.mark.parametrize(
    ("name", "is_only"),
    [("neo4j", True), ("db-1", True), ("postgres16", True), ("orders-db", False), ("web", False)],
)
def test_a_name_that_says_nothing_else(name: str, *, is_only: bool) -> None:
    assert is_only_engine(name) is is_only


@pytest.mark.parametrize(
    ("image", "engine"),
    [
        ("postgres", "PostgreSQL"),
        ("docker.io/bitnami/postgresql:16@sha256:00", "PostgreSQL"),
        ("pgvector/pgvector:pg16", "PostgreSQL"),
        ("us-docker.pkg.dev/acme/mirror/qdrant:v1.15", "Qdrant"),
        ("mcr.microsoft.com/mssql/server:2022-latest", "SQL Server"),
        ("projects/windows-sql-cloud/global/images/family/sql-std-2022-win-2022", "SQL Server"),
        ("localhost:5000/redis", "Redis"),
        ("prom/mysqld-exporter", None),
        ("acme/postgres-api", None),
        ("acme/db", None),
        ("debian-cloud/debian-12", None),
    ],
)
def test_an_image(image: str, engine: str | None) -> None:
    found = engine_of_image(image)
    assert (found.name if found else None) == engine


@pytest.mark.parametrize(
    ("script", "engine"),
    [
        ("apt-get update && apt-get install -y nginx postgresql-15", "PostgreSQL"),
        ("sudo yum install -y mysql-server", "MySQL"),
        ("docker run -d --restart always -p 6333:6333 qdrant/qdrant:v1.15", "Qdrant"),
        ("docker run \\\n  -d \\\n  neo4j:5", "Neo4j"),
        ("systemctl enable --now mongod", "MongoDB"),
        ("sudo service redis start", "Redis"),
        ("spec:\n  containers:\n    - image: 'postgres:16'\n", "PostgreSQL"),
        ("#cloud-config\npackages:\n  - curl\n  - mariadb-server\n", "MySQL"),
        ("apt-get install -y postgresql-client redis-tools python3-psycopg2", None),
        ("docker run -d -e DB=postgres:5432 --name pg acme/api:1", None),
        ("docker run --network redis -v pg:/data acme/api:1", None),
        ("pip install redis neo4j", None),
        ("echo postgres", None),
        ("export DATABASE_URL=postgres://db", None),
        ("- redis is what it talks to", None),
        ("", None),
    ],
)
def test_a_script(script: str, engine: str | None) -> None:
    found = engine_of_script(script)
    assert (found.name if found else None) == engine


@pytest.mark.parametrize(
    ("script", "published"),
    [
        ("docker run -d -p 443:5432 postgres:16", [("PostgreSQL", range(443, 444))]),
        ("docker run \\\n  --publish=0.0.0.0:8443:6379 redis", [("Redis", range(8443, 8444))]),
        ("podman run -p '80-82:7474-7476' neo4j:5", [("Neo4j", range(80, 83))]),
        ("docker run -p 443:8080 nginx; docker run -p 81:6379 redis", [("Redis", range(81, 82))]),
        ("docker run -p 127.0.0.1:443:5432 postgres:16", []),
        ("docker run -p [::1]:443:5432 postgres:16", []),
        ("docker run -p 443:8080 acme/api", []),
        ("docker run -p 99999:5432 postgres", []),
        ("redis-server /etc/redis.conf --port 443", [("Redis", range(443, 444))]),
        ("/usr/bin/mongod --bind_ip_all --port=8080", [("MongoDB", range(8080, 8081))]),
        ("redis-server --daemonize yes; python app.py --port 443", []),
        ("python redis.py --port 443", []),
        ("mysql --host db.example.com --port 443 < schema.sql", []),
        (
            "socat TCP-LISTEN:443,fork,reuseaddr TCP:10.0.0.3:6379",
            [("Redis", range(443, 444))],
        ),
        ("socat tcp4-l:80,fork tcp4:unknown:5432 &", [("PostgreSQL", range(80, 81))]),
        ("socat TCP-LISTEN:443,fork TCP:10.0.0.3:8080", []),
    ],
)
def test_a_script_that_publishes_at_another_port(
    script: str, published: list[tuple[str, range]]
) -> None:
    assert [(engine.name, ports) for ports, engine in engines_published(script)] == published


@given(st.text() | st.text("docker run-p:0123456789 redis\n").map("docker run -p ".__add__))
def test_whatever_is_published_is_at_ports(script: str) -> None:
    for ports, engine in engines_published(script):
        assert engine in ENGINES
        assert ports
        assert 1 <= ports[0] <= ports[-1] <= 65535


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for read in (engine_of, engine_of_image, engine_of_script):
        assert read(text) in (None, *ENGINES) or read(text) is engine_of("db")


def test_a_port_and_a_word_are_of_one_engine() -> None:
    ports = Counter(port for engine in ENGINES for port in engine.ports)
    words = Counter(word for engine in ENGINES for word in engine.words)
    assert set(ports.values()) == set(words.values()) == {1}
    assert not OF_OTHERS & set(ports)


def test_the_ports_among_ranges() -> None:
    assert [(port, engine.name) for port, engine in engines_at((range(5430, 5434),))] == [
        (5432, "PostgreSQL"),
        (5433, "YugabyteDB"),
    ]
    assert engines_at(()) == ()


def test_the_firewall_family_knows_no_database_that_is_missing_here() -> None:
    from apex_guardrails.rules.firewall.firewall_ports_not_public import ROWS

    databases = ("elasticsearch", "memcached", "mongodb", "mssql", "mysql", "neo4j", "postgres")
    ports = [
        number
        for row in ROWS
        if any(name in row.id for name in (*databases, "qdrant", "redis"))
        for number in row.about.numbers
    ]
    assert len(ports) == 13
    assert {number for number, _ in engines_at(tuple(range(n, n + 1) for n in ports))} == set(ports)
