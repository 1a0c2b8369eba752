"""Database engines: their ports, and the words by which things say that they run one.

Sources: each engine's manual, "default port" (2026-11); where IANA's registry of service names has
the port (2026-11), both agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Engine:
    """One engine.

    Attributes:
        name: as people write it.
        ports: those that its clients use; none that other software listens on by default, too.
        is_web: whether it speaks HTTP, which is what an application load balancer sends on.
        words: how names, labels, tags and images call it, in small letters.
    """

    name: str
    ports: tuple[int, ...]
    words: tuple[str, ...]
    is_web: bool = False


ENGINES: Final = (
    Engine(
        "PostgreSQL",
        (5432, 6432),  # the second is PgBouncer's
        (
            *("postgres", "postgresql", "pg", "pgsql", "psql", "pgvector", "pgbouncer", "pgpool"),
            *("timescale", "timescaledb", "postgis", "greenplum", "citus"),
        ),
    ),
    Engine("MySQL", (3306, 33060), ("mysql", "mariadb", "percona", "galera", "proxysql")),
    Engine("SQL Server", (1433,), ("mssql", "sqlserver")),
    Engine("Oracle Database", (1521, 2484), ("oracledb", "orcl")),
    Engine("MongoDB", (27017, 27018, 27019), ("mongo", "mongodb", "mongod", "mongos", "ferretdb")),
    Engine(
        "Redis",
        (6379, 6378, 26379),  # the second is Memorystore's with TLS, the third Sentinel's
        ("redis", "valkey", "keydb", "dragonflydb"),
    ),
    Engine("Memcached", (11211,), ("memcached", "memcache")),
    Engine("Neo4j", (7687, 7474, 7473), ("neo4j", "memgraph"), is_web=True),
    Engine("Qdrant", (6333, 6334), ("qdrant",), is_web=True),
    Engine("Elasticsearch", (9200, 9300), ("elasticsearch", "opensearch", "elastic"), is_web=True),
    Engine("Cassandra", (9042, 9142, 9160), ("cassandra", "scylla", "scylladb")),
    Engine("CockroachDB", (26257,), ("cockroach", "cockroachdb", "crdb")),
    Engine("YugabyteDB", (5433,), ("yugabyte", "yugabytedb")),
    Engine("CouchDB", (5984, 6984), ("couchdb",), is_web=True),
    Engine("Couchbase", (11210,), ("couchbase",), is_web=True),
    Engine("ClickHouse", (9440,), ("clickhouse",), is_web=True),
    Engine("ArangoDB", (8529,), ("arangodb", "arango"), is_web=True),
    Engine("RethinkDB", (28015,), ("rethinkdb",)),
    Engine("Milvus", (19530,), ("milvus",), is_web=True),
    Engine("Solr", (8983,), ("solr",), is_web=True),
    Engine("SAP HANA", (30015, 30013), ("saphana", "hdb")),
    # Their ports are other software's, too: it is their name that tells.
    Engine("InfluxDB", (), ("influxdb", "influx"), is_web=True),
    Engine("JanusGraph", (), ("janusgraph",), is_web=True),
    Engine("Typesense", (), ("typesense",), is_web=True),
    Engine("Meilisearch", (), ("meilisearch",), is_web=True),
    Engine("Weaviate", (), ("weaviate",), is_web=True),
    Engine("Db2", (), ("db2",)),
    Engine("TiDB", (), ("tidb",)),
    Engine("Chroma", (), ("chromadb",), is_web=True),
    Engine("SurrealDB", (), ("surrealdb",), is_web=True),
    Engine("Dgraph", (), ("dgraph",), is_web=True),
    Engine("QuestDB", (8812,), ("questdb",)),
)
"""By name; every word and port is of one engine."""

DATABASE_PORTS: Final = frozenset(port for engine in ENGINES for port in engine.ports)
"""The ports of all of them."""

DATABASE: Final = Engine("a database", (), ("db", "dbs", "sql", "database", "databases", "rdbms"))
"""What says that it is a database, and not of which engine."""

OF_OTHERS: Final = frozenset(
    {
        *(20, 21, 22, 25, 53, 80, 110, 123, 143, 443, 465, 587, 993, 995, 3000, 3389, 5000, 5601),
        *(8000, 8080, 8081, 8443, 8888, 9090, 9093, 9100, 9104, 9114, 9121, 9150, 9187, 9216, 9363),
    }
)
"""Ports of web servers, logins, mail and of the exporters of metrics: what listens there on a
machine with a database is not the database."""
